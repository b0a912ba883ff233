import { isIP } from 'node:net';
import { z } from 'zod';
import { duration } from './duration.js';
import { existingFile } from './existing-path.js';
import { secretFile } from './secret-file.js';

const MODES = ['open', 'users', 'webhook'] as const;
const AUDIT = ['hash', 'clear'] as const;

/** What decides whose a token is and whether it is good: for the service alone to say. */
const RESERVED_CLAIMS = new Set(['aud', 'email', 'exp', 'iat', 'iss', 'jti', 'nbf']);
const CLAIM_NAME = /^[A-Za-z][\w:./-]{0,127}$/;
const LONGEST_TIMEOUT = 60_000;

const whole = (least: number, most: number) => {
  const message = `must be a whole number from ${least} to ${most}`;
  return z
    .string()
    .regex(/^\d{1,9}$/, message)
    .transform(Number)
    .refine((number) => number >= least && number <= most, message);
};

/** Commas between them, with spaces or without. */
const list = (isEntry: (entry: string) => boolean, message: string) =>
  z
    .string()
    .transform((text) => text.split(',').map((entry) => entry.trim()))
    .refine((entries) => entries.every(isEntry), message);

const isNetwork = (text: string) => {
  const [address = '', bits, ...rest] = text.split('/');
  const version = isIP(address);
  // A network of no bits is everybody: that names no proxy.
  const isPrefix =
    bits === undefined || (/^[1-9]\d{0,2}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
  return version !== 0 && isPrefix && rest.length === 0;
};

const isEndpoint = (text: string) => {
  const url = URL.parse(text);
  const isHttp = url?.protocol === 'https:' || url?.protocol === 'http:';
  return url !== null && isHttp && url.username === '' && url.password === '' && url.hash === '';
};

/** The part of the environment that says who gets a token. */
export const authVariables = {
  AUTH_AUDIT_EMAIL: z.enum(AUDIT, `must be one of ${AUDIT.join(', ')}`).default('hash'),
  AUTH_CONCURRENCY: whole(1, 256).optional(),
  AUTH_FAILURES_PER_ADDRESS: whole(1, 1_000_000).default(50),
  AUTH_FAILURES_PER_EMAIL: whole(1, 1_000_000).default(5),
  AUTH_MODE: z.enum(MODES, {
    error: ({ input }) =>
      input === undefined
        ? `is needed in production: one of ${MODES.join(', ')}`
        : `must be one of ${MODES.join(', ')}`,
  }),
  AUTH_TRUSTED_PROXIES: list(
    isNetwork,
    'must be addresses or networks, such as 10.0.0.0/8, with commas between them',
  ).optional(),
  AUTH_USERS_FILE: existingFile.optional(),
  AUTH_WEBHOOK_CLAIMS: list(
    (name) => CLAIM_NAME.test(name) && !RESERVED_CLAIMS.has(name) && !(name in Object.prototype),
    `must be names of claims with commas between them, and none of ${[...RESERVED_CLAIMS].join(', ')}`,
  ).optional(),
  AUTH_WEBHOOK_TIMEOUT: duration
    .refine((ms) => ms >= 1 && ms <= LONGEST_TIMEOUT, 'must be from 1ms to 1m')
    .default(5_000),
  AUTH_WEBHOOK_TOKEN: z.string().optional(),
  AUTH_WEBHOOK_TOKEN_FILE: secretFile.optional(),
  AUTH_WEBHOOK_URL: z
    .string()
    .refine(isEndpoint, 'must be an https URL without user, password and fragment')
    .optional(),
};

/** How it is decided who gets a token. */
export type AuthMode = (typeof MODES)[number];
