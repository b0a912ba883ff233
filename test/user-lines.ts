import { argon2Sync, randomBytes } from 'node:crypto';

/** What OWASP recommends, and what new hashes have. */
export const GOOD_COST = { memory: 19_456, passes: 2, parallelism: 1 };
/** The least that argon2 takes: for tests of all but the cost. */
export const CHEAP = { memory: 8, passes: 1, parallelism: 1 };

/** A line of a users file, made by hand, without the code under test. */
export function userLine(email: string, password: string, cost = CHEAP): string {
  const nonce = randomBytes(16);
  const tag = argon2Sync('argon2id', { message: password, nonce, tagLength: 32, ...cost });
  const encode = (bytes: Buffer) => bytes.toString('base64').replaceAll('=', '');
  const { memory, passes, parallelism } = cost;
  return `${email}:$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${encode(nonce)}$${encode(tag)}`;
}
