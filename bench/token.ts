import { createHmac } from 'node:crypto';

/** What every server is given to sign with. */
export const SECRET = 'a secret of the benchmark, 32 bytes at least';

type Claims = Record<string, unknown>;

/** Signs by hand (HS256), so that what a server says of a token is checked by none of the libraries that are measured. */
export function signToken(claims: Claims, { alg = 'HS256', secret = SECRET } = {}): string {
  const signed = `${encode({ alg, typ: 'JWT' })}.${encode(claims)}`;
  return `${signed}.${alg === 'none' ? '' : signatureOf(signed, secret)}`;
}

/** The claims of a token, if its signature is right and it is good now. */
export function verifyToken(token: string): Claims | undefined {
  const [header = '', payload = '', signature] = token.split('.');
  if (signatureOf(`${header}.${payload}`, SECRET) !== signature) {
    return undefined;
  }
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
  return claims.exp > now() ? claims : undefined;
}

/** Seconds since 1970, as tokens have them. */
export function now(): number {
  return Math.floor(Date.now() / 1_000);
}

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

function signatureOf(text: string, secret: string): string {
  return createHmac('sha256', secret).update(text).digest('base64url');
}
