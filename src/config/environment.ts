import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { z } from 'zod';
import { AUTH_RULES } from './auth-rules.js';
import { authVariables } from './auth-variables.js';
import { duration } from './duration.js';
import { existingFolder } from './existing-path.js';
import { secretFile } from './secret-file.js';

/** An HS256 key is at least as long as its hash, 32 bytes: RFC 7518 §3.2. */
export const MINIMUM_SECRET_BYTES = 32;

const LOG_LEVELS = ['DEBUG', 'INFO', 'WARNING', 'ERROR', 'CRITICAL'] as const;

/** Node.js can wait no longer than this many milliseconds: a longer timer fires at once. */
const LONGEST_TIMER = 2 ** 31 - 1;
const LONGEST_TOKEN_LIFE = 3650 * 86_400_000;
const LONGEST_MAX_AGE = 86_400_000;

const port = z
  .string()
  .regex(/^\d{1,5}$/, 'must be a whole number from 0 to 65535')
  .transform(Number)
  .refine((number) => number <= 65_535, 'must be a whole number from 0 to 65535');

const variables = z.object({
  ...authVariables,
  HOST: z.string().optional(),
  JWKS_MAX_AGE: duration
    .refine((ms) => ms % 1_000 === 0 && ms <= LONGEST_MAX_AGE, 'must be whole seconds, 24h at most')
    .default(300_000),
  JWT_AUDIENCE: z.string().optional(),
  JWT_ISSUER: z.string().optional(),
  JWT_KEYS_DIR: existingFolder.optional(),
  JWT_SECRET: z.string().optional(),
  JWT_SECRET_FILE: secretFile.optional(),
  JWT_TTL: duration
    .refine((ms) => ms >= 1_000 && ms <= LONGEST_TOKEN_LIFE, 'must be from 1s to 3650d')
    .default(14 * 86_400_000),
  LOG_LEVEL: z
    .string()
    .toUpperCase()
    .pipe(z.enum(LOG_LEVELS, `must be one of ${LOG_LEVELS.join(', ')}`))
    .default('INFO'),
  METRICS_PORT: port.default(9090),
  NODE_ENV: z.string().optional(),
  PORT: port.default(8080),
  SHUTDOWN_DELAY: duration.refine((ms) => ms <= LONGEST_TIMER, 'must be 24d at most').default(0),
  SHUTDOWN_TIMEOUT: duration.refine((ms) => ms <= LONGEST_TIMER, 'must be 24d at most').default(25_000),
});

type Variables = z.infer<typeof variables>;

/** Where a key may come from: one of them. */
const KEY_SOURCES = ['JWT_SECRET', 'JWT_SECRET_FILE', 'JWT_KEYS_DIR'] as const;
const keySources = (env: Variables) => KEY_SOURCES.filter((name) => env[name] !== undefined);

/** A rule between variables: it is checked even when another variable is at fault, so that all faults come at once. */
const rule = (name: string, error: string) => ({ path: [name], error, when: () => true });

const isProduction = (env: Variables) => env.NODE_ENV === 'production';
const isLongEnough = (secret: unknown) =>
  typeof secret !== 'string' || Buffer.byteLength(secret) >= MINIMUM_SECRET_BYTES;
const tooShort = `must have ${MINIMUM_SECRET_BYTES} bytes at least in production (RFC 7518 section 3.2)`;

/** The rules of what decides who gets a token are many, and stand with it. */
const withAuthRules = AUTH_RULES.reduce(
  (schema, { name, fault, holds }) => schema.refine(holds, rule(name, fault)),
  variables,
);

/** The service's settings, by the names that the environment has for them. README.md tells what each is for. */
export const environmentSchema = withAuthRules
  .refine(
    (env) => env.PORT !== env.METRICS_PORT || env.PORT === 0,
    rule('METRICS_PORT', 'must differ from PORT'),
  )
  .refine((env) => keySources(env).length <= 1, rule(KEY_SOURCES.join(', '), 'exclude each other: set one'))
  .refine(
    (env) => !isProduction(env) || keySources(env).length > 0,
    rule('JWT_SECRET', 'is needed in production (or JWT_SECRET_FILE, or JWT_KEYS_DIR)'),
  )
  .refine((env) => !isProduction(env) || isLongEnough(env.JWT_SECRET), rule('JWT_SECRET', tooShort))
  .refine(
    (env) => !isProduction(env) || isLongEnough(env.JWT_SECRET_FILE),
    rule('JWT_SECRET_FILE', tooShort),
  );

/** The checked settings: lengths of time in milliseconds, a `…_FILE` with a secret as that secret. */
export type Environment = z.infer<typeof environmentSchema>;

/** Every fault of an environment, each by the variable's name and never by its value. */
export class EnvironmentError extends Error {
  constructor(faults: { name: string; fault: string }[]) {
    const lines = faults.map(({ name, fault }) => `  ${name} ${fault}`);
    super(`jwt-api cannot start, its environment is wrong:\n${lines.join('\n')}`);
  }
}

/** In production whoever starts it has to say who gets a token. */
const OUTSIDE_PRODUCTION = { AUTH_MODE: 'open' };

/**
 * Checks the settings. An empty value counts as absent.
 * @throws {EnvironmentError} naming every fault
 */
export function checkEnvironment(source: NodeJS.ProcessEnv): Environment {
  const given = present(source);
  const defaults = given.NODE_ENV === 'production' ? {} : OUTSIDE_PRODUCTION;
  const result = environmentSchema.safeParse({ ...defaults, ...given });
  if (!result.success) {
    throw new EnvironmentError(
      result.error.issues.map(({ path, message }) => ({ name: path.join('.'), fault: message })),
    );
  }
  return result.data;
}

/**
 * The settings of this process, with those of a `.env` file in the working directory that the process lacks.
 * @throws {EnvironmentError} naming every fault
 */
export function readEnvironment(): Environment {
  return checkEnvironment({ ...readDotEnv(), ...present(process.env) });
}

function present(source: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(source).filter(([, value]) => value !== ''));
}

function readDotEnv(): NodeJS.Dict<string> {
  try {
    return parseEnv(readFileSync('.env', 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      return {};
    }
    throw new EnvironmentError([
      { name: '.env', fault: `cannot be read (${(error as NodeJS.ErrnoException).code})` },
    ]);
  }
}
