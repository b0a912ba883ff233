import { createPrivateKey, createPublicKey, KeyObject, sign, verify } from 'node:crypto';
import { SourceFault } from '../following/follower.js';
import type { KeyMaterial } from './key-material.js';

/** RFC 7518 §3.3. */
const MINIMUM_RSA_BITS = 2048;
/** OpenSSL's name of P-256, the only curve of ES256 (RFC 7518 §3.4). */
const P256 = 'prime256v1';

/** `openssl ecparam -genkey` writes the curve before the key, which names it too. */
const CURVE = 'EC PARAMETERS';
const PRIVATE = ['PRIVATE KEY', 'RSA PRIVATE KEY', 'EC PRIVATE KEY'];
const PROBE = Buffer.from('jwt-api');

/**
 * The key of a PEM text (PKCS #8, or OpenSSL's older forms): RS256 for RSA, ES256 for P-256.
 * @throws {SourceFault} by the file's name, and never with what OpenSSL says of its content
 */
export function readPrivateKey(pem: string, name: string): KeyMaterial {
  checkLabels(pem, name);
  const signing = parse(pem, name);
  const algorithm = algorithmOf(signing, name);
  const checking = createPublicKey(signing);
  // OpenSSL takes a key whose halves do not belong together.
  if (!verifiesItself(signing, checking)) {
    throw new SourceFault(`'${name}' is damaged: it cannot check its own signature`);
  }
  return { algorithm, signing, checking };
}

function checkLabels(pem: string, name: string): void {
  const labels = [...pem.matchAll(/-----BEGIN ([^-\r\n]*)-----/g)].map(([, label = '']) => label);
  const [label = '', ...more] = labels.filter((label) => label !== CURVE);
  if (label === 'ENCRYPTED PRIVATE KEY' || /^(Proc-Type|DEK-Info):/m.test(pem)) {
    throw new SourceFault(`'${name}' is encrypted: the service has no passphrase`);
  }
  if (/PUBLIC KEY|CERTIFICATE/.test(label)) {
    throw new SourceFault(`'${name}' is a public key: a private one is needed`);
  }
  if (!PRIVATE.includes(label)) {
    throw new SourceFault(`'${name}' has no private key in PEM that is known`);
  }
  if (more.length > 0) {
    throw new SourceFault(`'${name}' has more than one key`);
  }
}

function parse(pem: string, name: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch {
    throw new SourceFault(`'${name}' cannot be read as a private key`);
  }
}

function algorithmOf(key: KeyObject, name: string): 'ES256' | 'RS256' {
  const { modulusLength = 0, namedCurve = 'no known one' } = key.asymmetricKeyDetails ?? {};
  switch (key.asymmetricKeyType) {
    case 'rsa':
      if (modulusLength < MINIMUM_RSA_BITS) {
        throw new SourceFault(`'${name}' has ${modulusLength} bits: RS256 needs ${MINIMUM_RSA_BITS}`);
      }
      return 'RS256';
    case 'ec':
      if (namedCurve !== P256) {
        throw new SourceFault(`'${name}' has the curve ${namedCurve}: ES256 needs P-256 (${P256})`);
      }
      return 'ES256';
    default:
      throw new SourceFault(`'${name}' is of the type ${key.asymmetricKeyType}: RSA or P-256 is needed`);
  }
}

function verifiesItself(signing: KeyObject, checking: KeyObject): boolean {
  try {
    return verify('sha256', PROBE, checking, sign('sha256', PROBE, signing));
  } catch {
    return false;
  }
}
