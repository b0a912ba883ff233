import type { Command } from './command.ts';
import { describeOptions, variable } from './options.ts';

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
  const rows = describeOptions(options).map(([flag, { value, description, fallback }]) => {
    const standard = fallback === undefined ? '' : ` (${fallback})`;
    return [`--${flag}${value ? ` ${value}` : ''}`, variable(flag), description + standard] as const;
  });
  const flags = Math.max(...rows.map(([flag]) => flag.length));
  const variables = Math.max(...rows.map(([, variable]) => variable.length));
  const lines = rows.map((row) => `  ${row[0].padEnd(flags)}  ${row[1].padEnd(variables)}  ${row[2]}`);
  return `usage: ${USAGE}${name} [OPTION…]

${name} ${summary}.

${about}

Options, and the environment variables that stand for them:
${lines.join('\n')}
`;
}
