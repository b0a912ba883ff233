import { existsSync } from 'node:fs';
import { z } from 'zod';
import { faultsOf, gather, listOptions } from '../deploy/arguments.ts';
import { UsageError } from './failure.ts';
import { type LoadName, loads } from './loads.ts';
import { SERVERS } from './servers.ts';

const LOADS = Object.keys(loads) as LoadName[];

const number = (least: number, most: number, description: string) =>
  z
    .string()
    .refine(
      (text) => Number(text) >= least && Number(text) <= most,
      `must be a number of ${least} to ${most}`,
    )
    .transform(Number)
    .meta({ value: 'NUMBER', description });
const path = (description: string) =>
  z
    .string()
    .refine((file) => existsSync(file), 'names a file that is not there')
    .meta({ value: 'PATH', description });
const list = <T extends string>(names: readonly T[], description: string) =>
  z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(z.enum(names, `must be of ${names.join(', ')}, with commas between them`)))
    .default([...names])
    .meta({ value: 'NAME[,NAME]', description });
const toggle = (description: string) =>
  z.stringbool('must be true or false').default(false).meta({ description });

/** The options by their flags; `BENCH_` and the name in capitals is the environment variable of each. */
const schema = z.strictObject({
  rounds: number(1, 100, 'how often each server is measured').default(5),
  seconds: number(0.1, 60, 'how long each load lasts').default(2),
  connections: number(1, 1_000, 'how many clients ask at the same time').default(32),
  servers: list(SERVERS, 'which servers'),
  loads: list(LOADS, 'which loads'),
  service: path('the built service').default('dist/main.cjs'),
  podinfo: path('the program podinfo, to compare with it').optional(),
  flask: path("the Flask app's main.py, to compare with it").optional(),
  gunicorn: z
    .string()
    .default('gunicorn')
    .meta({ value: 'PATH', description: 'the gunicorn that the Flask app runs under' }),
  image: z
    .string()
    .optional()
    .meta({ value: 'NAME', description: "an image of the service in Docker's engine, to weigh its layers" }),
  check: toggle('only tell whether the goals that were reached still are: exit code 1 if one is lost'),
  write: toggle('write bench/RESULTS.md and its chart'),
});

export type Options = z.infer<typeof schema>;

const variable = (flag: string) => `BENCH_${flag.toUpperCase()}`;

/**
 * Reads the options: a flag wins over its environment variable, and an empty variable counts as absent.
 * @throws {UsageError} that names every fault
 */
export function readOptions(args: string[], env: NodeJS.ProcessEnv): Options {
  const { options, positionals } = gather(schema, args, env, variable);
  const result = schema.safeParse(options);
  const faults = [
    ...positionals.map((argument) => `${argument} is no option`),
    ...(result.error?.issues ?? []).flatMap((issue) => faultsOf(issue, variable)),
  ];
  if (faults.length > 0 || !result.success) {
    throw new UsageError(faults.join('\n'));
  }
  return result.data;
}

/** What `--help` says. */
export function help(): string {
  return `usage: npm run bench -- [OPTION…]

Measures the service side by side with other servers, in turn on one core with the load on another, and prints the ratios.

${listOptions(schema, variable)}`;
}
