import type { Api } from './api.ts';
import { now, signToken, verifyToken } from './token.ts';

/** A request, and what has to come back. */
export interface Exchange {
  request: Buffer;
  status: number;
  /** Whether the body of an answer is right. Asked before a load is measured, not while it is. */
  isRight(body: string): boolean;
}

export interface Load {
  title: string;
  /** What is asked, over and over; the first ones have one of each kind. */
  exchanges(api: Api): Exchange[];
}

const TOKENS = 10_000;
const HOUR = 3_600;
/** As many emails: none is so frequent that a cache of them would pay. */
const EMAILS = 1_000;

export const loads = {
  auth: { title: '`/auth`', exchanges: (api) => times(EMAILS, (i) => issue(api, emailOf(i))) },
  contents: { title: '`/contents`, one token', exchanges: (api) => [read(api, emailOf(0))] },
  tokens: {
    title: `\`/contents\`, ${TOKENS.toLocaleString('en')} tokens`,
    exchanges: (api) => times(TOKENS, (i) => read(api, emailOf(i))),
  },
  mix: {
    title: 'half of each',
    exchanges: (api) => times(TOKENS, (i) => (i % 2 === 0 ? issue : read)(api, emailOf(i))),
  },
  bad: { title: 'bad tokens', exchanges: (api) => badTokens(api).map((token) => refuse(api, token)) },
} satisfies Record<string, Load>;

export type LoadName = keyof typeof loads;

/** Each is refused for another reason: its signature, its end, its algorithm, its form. */
function badTokens(api: Api): string[] {
  const claims = api.claims(emailOf(0), HOUR);
  return [
    signToken(claims, { secret: 'somebody else' }),
    signToken({ ...claims, exp: now() - HOUR }),
    signToken(claims, { alg: 'none' }),
    'no-token',
  ];
}

function issue(api: Api, email: string): Exchange {
  return {
    request: api.issue(email),
    status: 200,
    isRight: (body) => api.nameOf(verifyToken(JSON.parse(body).token) ?? {}) === email,
  };
}

function read(api: Api, email: string): Exchange {
  return {
    request: api.read(signToken(api.claims(email, HOUR))),
    status: 200,
    isRight: (body) => api.nameOf(JSON.parse(body)) === email,
  };
}

function refuse(api: Api, token: string): Exchange {
  return { request: api.read(token), status: 401, isRight: () => true };
}

const emailOf = (number: number) => `user-${number}@example.com`;

function times<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}
