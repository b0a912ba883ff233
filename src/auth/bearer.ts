import { InvalidTokenException } from './invalid-token.exception.js';

/** RFC 6750 §2.1: the scheme in any case, then one b64token. */
const CREDENTIALS = /^Bearer +([\w.~+/-]+=*)$/i;

/**
 * The token of a request's `Authorization` fields.
 * @throws {InvalidTokenException} when there is none, more than one, or another scheme
 */
export function bearerToken(authorization: readonly string[] | undefined): string {
  if (authorization === undefined) {
    throw new InvalidTokenException('missing');
  }
  const token = authorization.length === 1 ? CREDENTIALS.exec(authorization[0] as string)?.[1] : undefined;
  if (token === undefined) {
    throw new InvalidTokenException('malformed');
  }
  return token;
}
