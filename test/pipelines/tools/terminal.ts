import { parseArgs } from 'node:util';

export const text = { type: 'string' } as const;
export const flag = { type: 'boolean' } as const;

type Options = Record<string, { type: 'string' | 'boolean'; short?: string }>;

/** Reads the argument beside the flags, if there is to be one, and the flags. @throws {Error} for any other */
export function read(
  args: string[],
  options: Options,
  most: 0 | 1,
): [string | undefined, NodeJS.Dict<string | boolean>] {
  const { values, positionals } = parseArgs({ args, options, allowPositionals: most === 1 });
  need(positionals.length === most, `not these arguments: ${args.join(' ')}`);
  return [positionals[0], values as NodeJS.Dict<string | boolean>];
}

export function say(...lines: string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}

/** Ends the program unless it holds. */
export function need(condition: unknown, otherwise: string): void {
  if (!condition) {
    process.stderr.write(`${otherwise}\n`);
    process.exit(1);
  }
}
