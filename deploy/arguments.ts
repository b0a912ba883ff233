import { parseArgs } from 'node:util';
import { z } from 'zod';

/** What the help tells about an option. */
export interface Described {
  /** What follows the flag; nothing for a toggle. */
  value?: string;
  description: string;
  /** The value it has when nobody sets it. */
  fallback?: unknown;
}

/** The options of a command by their flags, as the help lists them. */
export function describeOptions(schema: z.ZodObject): [flag: string, described: Described][] {
  return Object.entries(schema.shape).map(([flag, option]) => {
    const meta = metaOf(option as z.ZodType);
    const fallback = option instanceof z.ZodDefault ? option.def.defaultValue : undefined;
    return [flag, { ...meta, fallback: meta.value === undefined ? undefined : fallback }];
  });
}

/** A default or an optional wraps the type that carries the description. */
function metaOf(option: z.ZodType): Described {
  const inner = 'unwrap' in option ? metaOf((option as z.ZodOptional<z.ZodType>).unwrap()) : {};
  return { ...inner, ...option.meta() } as Described;
}

/** What is given for options, before anything of it is checked. */
export interface Given {
  options: Record<string, unknown>;
  /** Arguments that are no options. */
  positionals: string[];
}

/**
 * Gathers what is given: a flag wins over its environment variable, and an empty variable counts as absent.
 * @param variable the environment variable that stands for a flag
 */
export function gather(
  schema: z.ZodObject,
  args: string[],
  env: NodeJS.ProcessEnv,
  variable: (flag: string) => string,
): Given {
  const described = describeOptions(schema);
  const types = described.map(([flag, { value }]) => [flag, { type: value ? 'string' : 'boolean' } as const]);
  // Not strict, as that would stop at the first fault: the schema finds them all.
  const { values, positionals } = parseArgs({ args, options: Object.fromEntries(types), strict: false });
  const fromFlags = Object.entries(values).map(([flag, value]) => {
    const isBare = value === true && described.some(([name, { value: takes }]) => name === flag && !takes);
    return [flag, isBare ? 'true' : value];
  });
  const fromEnvironment = described.flatMap(([flag]) => {
    const value = env[variable(flag)];
    return value ? [[flag, value]] : [];
  });
  return { options: Object.fromEntries([...fromEnvironment, ...fromFlags]), positionals };
}

/** What a fault of the options is called: each by its flag and its variable, and never by its value. */
export function faultsOf(issue: z.core.$ZodIssue, variable: (flag: string) => string): string[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => `unknown option ${key.length === 1 ? '-' : '--'}${key}`);
  }
  const flag = String(issue.path[0]);
  const fault = issue.code === 'invalid_type' ? 'needs a value' : issue.message;
  return [`--${flag} (${variable(flag)}) ${fault}`];
}

/** The part of the help that lists the options: a line each, with its variable and its default. */
export function listOptions(schema: z.ZodObject, variable: (flag: string) => string): string {
  const rows = describeOptions(schema).map(([flag, { value, description, fallback }]) => {
    const standard = fallback === undefined ? '' : ` (${fallback})`;
    return [`--${flag}${value ? ` ${value}` : ''}`, variable(flag), description + standard] as const;
  });
  const flags = Math.max(...rows.map(([flag]) => flag.length));
  const variables = Math.max(...rows.map(([, variable]) => variable.length));
  const lines = rows.map((row) => `  ${row[0].padEnd(flags)}  ${row[1].padEnd(variables)}  ${row[2]}`);
  return `Options, and the environment variables that stand for them:\n${lines.join('\n')}\n`;
}
