/** What would change from one of Helm's manifests to another: object by object, line by line. Nothing if nothing would. */
export function diffOf(before: string, after: string): string {
  const [old, young] = [objectsIn(before), objectsIn(after)];
  return [...new Set([...old.keys(), ...young.keys()])]
    .sort()
    .flatMap((name) => {
      const lines = diffLines(old.get(name) ?? [], young.get(name) ?? []);
      return lines.some(({ mark }) => mark !== ' ') ? [`${name}:`, ...shorten(lines)] : [];
    })
    .join('\n');
}

interface Line {
  mark: ' ' | '+' | '-';
  text: string;
}

/** The lines of each object by its kind and name. */
function objectsIn(manifest: string): Map<string, string[]> {
  // Not Secrets: what would be shown of one is what nobody must see.
  const objects = manifest.split(/^---\s*$/m).filter((text) => /^kind: (?!Secret$)/m.test(text));
  return new Map(
    objects.map((text) => {
      const [, kind] = /^kind: (.*)$/m.exec(text) ?? [];
      const [, name] = /^metadata:\n(?: .*\n)*? {2}name: (.*)$/m.exec(text) ?? [];
      return [`${kind} ${name}`, text.trim().split('\n')];
    }),
  );
}

/** The shortest way from some lines to others: what they have in common, in order, stays. */
function diffLines(before: string[], after: string[]): Line[] {
  const common = longestCommon(before, after);
  const lines: Line[] = [];
  for (let i = 0, j = 0; i < before.length || j < after.length; ) {
    if (i < before.length && before[i] === after[j]) {
      lines.push({ mark: ' ', text: before[i++] as string });
      j++;
    } else if (j >= after.length || (i < before.length && at(common, i + 1, j) >= at(common, i, j + 1))) {
      lines.push({ mark: '-', text: before[i++] as string });
    } else {
      lines.push({ mark: '+', text: after[j++] as string });
    }
  }
  return lines;
}

/** How many lines the rests from each pair of places on have in common. */
function longestCommon(before: string[], after: string[]): number[][] {
  const lengths: number[][] = before.map(() => []);
  for (let i = before.length - 1; i >= 0; i--) {
    for (let j = after.length - 1; j >= 0; j--) {
      const row = lengths[i] as number[];
      row[j] =
        before[i] === after[j]
          ? at(lengths, i + 1, j + 1) + 1
          : Math.max(at(lengths, i + 1, j), at(lengths, i, j + 1));
    }
  }
  return lengths;
}

const at = (lengths: number[][], i: number, j: number) => lengths[i]?.[j] ?? 0;

const CONTEXT = 2;

/** Leaves out what is far from any change. */
function shorten(lines: Line[]): string[] {
  const isNear = (index: number) =>
    lines.slice(Math.max(0, index - CONTEXT), index + CONTEXT + 1).some(({ mark }) => mark !== ' ');
  return lines.flatMap(({ mark, text }, index) => {
    if (isNear(index)) {
      return [`  ${mark} ${text}`];
    }
    return index > 0 && isNear(index - 1) ? ['    …'] : [];
  });
}
