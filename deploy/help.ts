import { listOptions } from './arguments.ts';
import type { Command } from './command.ts';
import { variable } from './options.ts';

const USAGE = 'npm run deploy -- ';

/** What `--help` without a command says. */
export function overview(commands: Record<string, Command>): string {
  const width = Math.max(...Object.keys(commands).map((name) => name.length));
  const lines = Object.entries(commands).map(([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}`);
  return `usage: ${USAGE}COMMAND [OPTION…]

${lines.join('\n')}

${USAGE}COMMAND --help tells a command's options.
`;
}

/** What `--help` of a command says. */
export function helpOf(name: string, { summary, about, options }: Command): string {
  return `usage: ${USAGE}${name} [OPTION…]

${name} ${summary}.

${about}

${listOptions(options, variable)}`;
}
