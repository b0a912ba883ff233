import { generateKeyPairSync, KeyObject } from 'node:crypto';

export const pem = (key: KeyObject) =>
  key.export({ format: 'pem', type: key.type === 'private' ? 'pkcs8' : 'spki' }) as string;

/** Key pairs of both kinds, made once for a run. */
export const EC = generateKeyPairSync('ec', { namedCurve: 'P-256' });
export const RSA = generateKeyPairSync('rsa', { modulusLength: 2_048 });
