import { z } from 'zod';
import { AuthMode, authVariables } from './auth-variables.js';

const variables = z.object({ ...authVariables, NODE_ENV: z.string().optional() });
type AuthVariables = z.infer<typeof variables>;
type Name = keyof AuthVariables;

/** A rule between variables; its fault is told under the name. */
export interface Rule {
  name: string;
  fault: string;
  holds(env: AuthVariables): boolean;
}

const CREDENTIALS = ['AUTH_WEBHOOK_TOKEN', 'AUTH_WEBHOOK_TOKEN_FILE'] as const;
const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

const needs = (mode: AuthMode, name: Name, alternative = ''): Rule => ({
  name,
  fault: `is needed with AUTH_MODE ${mode}${alternative && ` (or ${alternative})`}`,
  holds: (env) => env.AUTH_MODE !== mode || Boolean(env[name] ?? env[alternative as Name]),
});

/** Who gives the settings of a mode means that mode: another would let in whom they meant to keep out. */
const isOnlyFor = (mode: AuthMode, name: Name): Rule => ({
  name,
  fault: `is for AUTH_MODE ${mode} alone`,
  holds: (env) => env.AUTH_MODE === undefined || env.AUTH_MODE === mode || env[name] === undefined,
});

/** A password goes to the webhook: in the clear only where nobody is on the way. */
function isPrivate({ AUTH_WEBHOOK_URL, NODE_ENV }: AuthVariables): boolean {
  const url = URL.parse(AUTH_WEBHOOK_URL ?? '');
  return url?.protocol !== 'http:' || NODE_ENV !== 'production' || LOOPBACK.test(url.hostname);
}

/** What a header may have: anything else would fail each request. */
const isHeaderText = (text: unknown) => typeof text !== 'string' || /^[\x21-\x7e]{1,4096}$/.test(text);

/** What has to hold between the variables that say who gets a token. */
export const AUTH_RULES: Rule[] = [
  needs('users', 'AUTH_USERS_FILE'),
  needs('webhook', 'AUTH_WEBHOOK_URL'),
  needs('webhook', ...CREDENTIALS),
  isOnlyFor('users', 'AUTH_USERS_FILE'),
  isOnlyFor('webhook', 'AUTH_WEBHOOK_CLAIMS'),
  isOnlyFor('webhook', 'AUTH_WEBHOOK_TOKEN'),
  isOnlyFor('webhook', 'AUTH_WEBHOOK_TOKEN_FILE'),
  isOnlyFor('webhook', 'AUTH_WEBHOOK_URL'),
  {
    name: CREDENTIALS.join(', '),
    fault: 'exclude each other: set one',
    holds: (env) => CREDENTIALS.some((name) => env[name] === undefined),
  },
  ...CREDENTIALS.map((name) => ({
    name,
    fault: 'must be visible ASCII characters, 4096 at most',
    holds: (env: AuthVariables) => isHeaderText(env[name]),
  })),
  {
    name: 'AUTH_WEBHOOK_URL',
    fault: 'must be https in production, except to this host itself',
    holds: isPrivate,
  },
];
