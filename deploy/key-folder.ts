import { createHash, createPublicKey, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';

/** The file that names the key that signs, and the one in which `keys` writes down what it did when. */
export const ACTIVE = 'active';
export const RECORDS = '.rotation';

/** The folder of keys as its source has it: texts by the files' names. */
export type KeyFolder = Record<string, string>;

export const ALGORITHMS = ['ES256', 'RS256', 'HS256'] as const;
export type Algorithm = (typeof ALGORITHMS)[number];

/** A key that is not in the folder yet. */
export interface NewKey {
  kid: string;
  text: string;
}

/** The ids of a folder's keys. The service reads no file that begins with a dot. */
export function kidsOf(folder: KeyFolder): string[] {
  return Object.keys(folder)
    .filter((name) => name !== ACTIVE && !name.startsWith('.'))
    .sort();
}

/** The folder that a parameter or a secret holds as a JSON object; nothing where it holds something else. */
export function parseFolder(text: string): KeyFolder | undefined {
  try {
    const found: unknown = JSON.parse(text);
    const isFolder =
      typeof found === 'object' &&
      found !== null &&
      typeof (found as KeyFolder)[ACTIVE] === 'string' &&
      Object.values(found).every((value) => typeof value === 'string');
    return isFolder ? (found as KeyFolder) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The id of a secret's key. It is made of the secret, so that the same one has the same id in every cluster and every run;
 * whoever sees a token could check a guess at its secret before, too.
 */
export function keyId(secret: string): string {
  return createHash('sha256').update(`jwt-api key id\n${secret}`).digest('hex').slice(0, 12);
}

/** The algorithm of a key file, which the service decides in the same way. */
export function algorithmOf(text: string): Algorithm {
  if (!text.includes('-----BEGIN ')) {
    return 'HS256';
  }
  return createPublicKey(text).asymmetricKeyType === 'rsa' ? 'RS256' : 'ES256';
}

/** A new key. The id of a private one is the thumbprint of its public half, that of a secret is made of the secret. */
export function generateKey(algorithm: Algorithm): NewKey {
  if (algorithm === 'HS256') {
    const text = randomBytes(48).toString('base64');
    return { kid: keyId(text), text };
  }
  const { privateKey, publicKey } =
    algorithm === 'RS256'
      ? generateKeyPairSync('rsa', { modulusLength: 2048 })
      : generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const kid = thumbprint(publicKey);
  // No file's name and no value of a flag may begin with a dash: one id of 64 does.
  return kid.startsWith('-')
    ? generateKey(algorithm)
    : { kid, text: privateKey.export({ format: 'pem', type: 'pkcs8' }) as string };
}

/** The thumbprint of a public key: RFC 7638 §3, with SHA-256. */
export function thumbprint(key: KeyObject): string {
  const { crv, e, kty, n, x, y } = key.export({ format: 'jwk' });
  const required = kty === 'RSA' ? { e, kty, n } : { crv, kty, x, y };
  return createHash('sha256').update(JSON.stringify(required)).digest('base64url');
}
