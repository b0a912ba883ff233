import { createHmac, KeyObject, sign } from 'node:crypto';
import { SECRET } from './app.js';

/** The moment at which the tests of tokens stand still, in seconds since 1970. */
export const NOW = 1_800_000_000;
export const GOOD = { email: 'ada@example.com', nbf: NOW, iat: NOW, exp: NOW + 60 };

type Signer = (input: string, alg: string) => string;

export const hmac =
  (secret: string): Signer =>
  (input, alg) =>
    createHmac(`sha${alg.slice(2)}`, secret)
      .update(input)
      .digest('base64url');
export const rsa =
  (key: KeyObject): Signer =>
  (input) =>
    sign('sha256', Buffer.from(input), key).toString('base64url');
export const unsigned: Signer = () => '';

/** A part of a token: text is taken as it is, anything else as JSON. */
export function encode(part: unknown): string {
  return Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url');
}

/** A token made by hand, without the library under test. */
export function craft(payload: unknown, header: object = {}, signer: Signer = hmac(SECRET)): string {
  const whole = { alg: 'HS256', typ: 'JWT', ...header };
  const input = `${encode(whole)}.${encode(payload)}`;
  return `${input}.${signer(input, whole.alg)}`;
}

/** The header and the payload of a token, unchecked. */
export function decode(token: string): unknown[] {
  return token
    .split('.')
    .slice(0, 2)
    .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()));
}
