import { createSecretKey, KeyObject } from 'node:crypto';
import { MINIMUM_SECRET_BYTES } from '../config/environment.js';
import { SourceFault } from '../following/follower.js';
import { readPrivateKey } from './private-key.js';

export type Algorithm = 'ES256' | 'HS256' | 'RS256';

/** What signs and what checks, and the one algorithm that the key is for. */
export interface KeyMaterial {
  algorithm: Algorithm;
  signing: KeyObject;
  checking: KeyObject;
}

/** Keys in forms that are not read. A public one taken for a secret would let everybody sign. */
const OTHER_FORMS: [form: string, pattern: RegExp][] = [
  ['a JWK', /^\s*\{.*"kty"/s],
  ['an SSH key', /^\s*(ssh-|ecdsa-sha2-|sk-)\S+ AAAA/],
];

/**
 * The key of a file: a private one where it is PEM (RFC 7468), else a secret.
 * @throws {SourceFault} by the file's name, when it is none that may sign
 */
export function readKeyMaterial(text: string, name: string): KeyMaterial {
  // Anywhere: PEM may have text before it.
  if (text.includes('-----BEGIN ')) {
    return readPrivateKey(text, name);
  }
  const other = OTHER_FORMS.find(([, pattern]) => pattern.test(text));
  if (other) {
    throw new SourceFault(`'${name}' is ${other[0]}: a private key has to be PEM`);
  }
  if (Buffer.byteLength(text) < MINIMUM_SECRET_BYTES) {
    throw new SourceFault(`'${name}' has fewer than ${MINIMUM_SECRET_BYTES} bytes`);
  }
  return secretKey(text);
}

/**
 * The HS256 key of a secret, taken as the bytes of its UTF-8 text, as PyJWT does. The key object is made once: given
 * the text, jsonwebtoken would make it anew for each token, which takes longer than the signature.
 */
export function secretKey(secret: string): KeyMaterial {
  const key = createSecretKey(secret, 'utf8');
  return { algorithm: 'HS256', signing: key, checking: key };
}
