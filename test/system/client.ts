import jsonwebtoken from 'jsonwebtoken';

/** What a token says, in its header and in its claims. */
export interface Token {
  header: { alg: string; kid?: string };
  claims: { email: string; nbf: number; exp: number };
}

/** A connection of its own for each request: the Service places those, and a kept one would stay with its pod. */
const connection = 'close';

/** A token of the service at an address. */
export async function issue(address: string): Promise<string> {
  const response = await fetch(`${address}/auth`, {
    method: 'POST',
    headers: { connection, 'content-type': 'application/json' },
    body: JSON.stringify({ email: 'ada@example.com', password: 'any' }),
  });
  const { token } = (await response.json()) as { token: string };
  return token;
}

/** The status with which a token is answered: 200 or 401. */
export async function check(address: string, token: string): Promise<number> {
  const { status } = await fetch(`${address}/contents`, {
    headers: { connection, authorization: `Bearer ${token}` },
  });
  return status;
}

/** Reads a token, unchecked. */
export function read(token: string): Token {
  const [header, claims] = token
    .split('.', 2)
    .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()));
  return { header, claims };
}

/** For how many seconds a new token is good. */
export async function lifetime(address: string): Promise<number> {
  const { claims } = read(await issue(address));
  return claims.exp - claims.nbf;
}

/** Whether a secret has signed a token. */
export function isSignedBy(secret: string, token: string): boolean {
  try {
    jsonwebtoken.verify(token, secret);
    return true;
  } catch {
    return false;
  }
}
