import { now } from './token.ts';

/** How a server is asked. */
export interface Api {
  /** A path that answers 200 once the server is ready. */
  ready: string;
  /** Asks for a token of an email. */
  issue(email: string): Buffer;
  /** Asks what a token says. */
  read(token: string): Buffer;
  /** What a token has to say of an email, to be accepted for so many seconds. */
  claims(email: string, seconds: number): Record<string, unknown>;
  /** Whose token it is, by its claims or by what the server says of it. */
  nameOf(said: Record<string, unknown>): unknown;
}

/** The service's own API, which is that of the course's Flask app. */
export const jwtApi: Api = {
  ready: '/',
  issue: (email) =>
    message('POST', '/auth', ['Content-Type: application/json'], JSON.stringify({ email, password: 'any' })),
  read: (token) => message('GET', '/contents', [`Authorization: Bearer ${token}`]),
  claims: (email, seconds) => ({ email, nbf: now() - 60, exp: now() + seconds }),
  nameOf: ({ email }) => email,
};

/** podinfo's: the body is the name. */
export const podinfoApi: Api = {
  ready: '/readyz',
  issue: (email) => message('POST', '/token', ['Content-Type: text/plain'], email),
  read: (token) => message('GET', '/token/validate', [`Authorization: Bearer ${token}`]),
  claims: (name, seconds) => ({ name, iss: 'podinfo', exp: now() + seconds }),
  nameOf: ({ name, token_name }) => name ?? token_name,
};

/** A request as it goes over the wire. */
export function message(method: string, path: string, fields: string[] = [], body = ''): Buffer {
  const length = method === 'POST' ? [`Content-Length: ${Buffer.byteLength(body)}`] : [];
  const head = [`${method} ${path} HTTP/1.1`, 'Host: 127.0.0.1', ...fields, ...length];
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`);
}
