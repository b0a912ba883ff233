import { literal } from '../literal.ts';

/** What is another at each run. Of those in `NAMED` the page may use one again: what it stands for is remembered. */
const NAMED =
  /(?<uuid>\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b)|(?<digest>sha256:[0-9a-f]{64})|(?<commit>\b[0-9a-f]{40}\b)|(?<suffix>(?<=Role-)[A-Z0-9]{12}\b)|(?<secret>(?<=signing-secret-)\w{6}\b)/g;
const UNNAMED: [RegExp, string][] = [
  [/\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\dZ?/g, '<time>'],
  [/(?<=^cluster +)https:\S+/gm, '<endpoint>'],
  [/(?<=^image +\d+\.dkr\.ecr\.)[a-z0-9-]+/gm, '<region>'],
  [/\/\S*(?=\/\.kube\/config)/g, '<home>'],
  [/\brevision( +)\d+/g, 'revision$1<number>'],
  [/\b\d+m\d+s\b/g, '<time>'],
];

/** What a page says that commands print, held against what they do print. */
export class Transcript {
  /** What stands in the page, and in its place here. */
  readonly #names = new Map<string, string>();

  /** The command with the names of this run. */
  command(text: string): string {
    return [...this.#names].reduce((known, [shown, actual]) => known.replaceAll(shown, actual), text);
  }

  /** Whether it is the same but for what is another at each run; a line `…` stands for any lines. */
  matches(shown: string, actual: string): boolean {
    const lines = normalised(shown).split(/^…\n/m).map(literal);
    if (!new RegExp(`^${lines.join('(?:.*\n)*')}$`).test(normalised(actual))) {
      return false;
    }
    this.#remember(shown, actual);
    return true;
  }

  /** Pairs, kind by kind, the names that the page brings up with those that are new here. */
  #remember(shown: string, actual: string): void {
    const known = new Set(this.#names.values());
    const fresh = namesIn(actual).filter(({ name }) => !known.has(name));
    for (const { kind, name } of namesIn(shown).filter((found) => !this.#names.has(found.name))) {
      const at = fresh.findIndex((found) => found.kind === kind);
      for (const found of fresh.splice(at, at < 0 ? 0 : 1)) {
        this.#names.set(name, found.name);
      }
    }
  }
}

function namesIn(text: string): { kind: string; name: string }[] {
  const found = [...text.matchAll(NAMED)].flatMap(({ groups = {} }) =>
    Object.entries(groups).flatMap(([kind, name]) => (name ? [{ kind, name }] : [])),
  );
  return [...new Map(found.map((one) => [one.name, one])).values()];
}

function normalised(text: string): string {
  const lines = `${text.trimEnd()}\n`; // a blank line at the end is not seen
  const unnamed = UNNAMED.reduce((known, [pattern, name]) => known.replaceAll(pattern, name), lines);
  return unnamed.replaceAll(NAMED, (...args) => {
    const groups = args.at(-1) as NodeJS.Dict<string>;
    return `<${Object.keys(groups).find((kind) => groups[kind])}>`;
  });
}
