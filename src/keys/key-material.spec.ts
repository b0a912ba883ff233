import { generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto';
import fc from 'fast-check';
import { EC, pem, RSA } from '../../test/key-files.js';
import { SourceFault } from '../following/follower.js';
import { readKeyMaterial } from './key-material.js';
import { publicKey } from './public-key.js';

const read = (text: string) => readKeyMaterial(text, 'a');
const faultOf = (text: string) => {
  try {
    read(text);
    return undefined;
  } catch (error) {
    expect(error).toBeInstanceOf(SourceFault);
    return (error as Error).message;
  }
};
const passphrase = { cipher: 'aes-256-cbc', passphrase: 'x' };
const curve = (namedCurve: string) => pem(generateKeyPairSync('ec', { namedCurve }).privateKey);
const rsa = (modulusLength: number) => pem(generateKeyPairSync('rsa', { modulusLength }).privateKey);
const text = (exported: string | Buffer) => `${exported}`;

describe('readKeyMaterial', () => {
  it.each<[string, string, string]>([
    ['a secret', 's'.repeat(32), 'HS256'],
    ['a secret of eight emoji', '🔑'.repeat(8), 'HS256'],
    ['an RSA key in PKCS #8', pem(RSA.privateKey), 'RS256'],
    ['an RSA key in PKCS #1', text(RSA.privateKey.export({ format: 'pem', type: 'pkcs1' })), 'RS256'],
    ['a larger RSA key', rsa(3_072), 'RS256'],
    ['a P-256 key in PKCS #8', pem(EC.privateKey), 'ES256'],
    ['a P-256 key in SEC 1', text(EC.privateKey.export({ format: 'pem', type: 'sec1' })), 'ES256'],
    [
      'what openssl ecparam -genkey writes',
      `-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n${EC.privateKey.export({ format: 'pem', type: 'sec1' })}`,
      'ES256',
    ],
    ['a key after a line of text', `Bag Attributes: none\n${pem(EC.privateKey)}`, 'ES256'],
    ['a key with the line breaks of Windows', pem(EC.privateKey).replaceAll('\n', '\r\n'), 'ES256'],
    ['a key without a line break at its end', pem(EC.privateKey).trimEnd(), 'ES256'],
  ])('should know the algorithm of %s', (_what, given, algorithm) => {
    expect(read(given).algorithm).toBe(algorithm);
  });

  it.each<[string, string, string]>([
    ['an empty secret', '', "'a' has fewer than 32 bytes"],
    ['a short secret', 's'.repeat(31), "'a' has fewer than 32 bytes"],
    ['P-384', curve('P-384'), "'a' has the curve secp384r1: ES256 needs P-256 (prime256v1)"],
    ['P-521', curve('P-521'), "'a' has the curve secp521r1: ES256 needs P-256 (prime256v1)"],
    ['secp256k1', curve('secp256k1'), "'a' has the curve secp256k1: ES256 needs P-256 (prime256v1)"],
    ['an RSA key of 1024 bits', rsa(1_024), "'a' has 1024 bits: RS256 needs 2048"],
    ['an RSA key of 2047 bits', rsa(2_047), "'a' has 2047 bits: RS256 needs 2048"],
    [
      'Ed25519',
      pem(generateKeyPairSync('ed25519').privateKey),
      "'a' is of the type ed25519: RSA or P-256 is needed",
    ],
    [
      'an RSA-PSS key',
      pem(generateKeyPairSync('rsa-pss', { modulusLength: 2_048 }).privateKey),
      "'a' is of the type rsa-pss: RSA or P-256 is needed",
    ],
    ['a public RSA key', pem(RSA.publicKey), "'a' is a public key: a private one is needed"],
    ['a public P-256 key', pem(EC.publicKey), "'a' is a public key: a private one is needed"],
    [
      'a public RSA key in PKCS #1',
      text(RSA.publicKey.export({ format: 'pem', type: 'pkcs1' })),
      "'a' is a public key: a private one is needed",
    ],
    [
      'a public key behind text',
      `a key of ours:\n${pem(RSA.publicKey)}`,
      "'a' is a public key: a private one is needed",
    ],
    [
      'a certificate',
      '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n',
      "'a' is a public key: a private one is needed",
    ],
    [
      'an encrypted key',
      text(EC.privateKey.export({ format: 'pem', type: 'pkcs8', ...passphrase })),
      "'a' is encrypted: the service has no passphrase",
    ],
    [
      'an encrypted key of the older form',
      text(RSA.privateKey.export({ format: 'pem', type: 'pkcs1', ...passphrase })),
      "'a' is encrypted: the service has no passphrase",
    ],
    ['two keys', pem(EC.privateKey) + pem(RSA.privateKey), "'a' has more than one key"],
    ['a key and its public half', pem(EC.privateKey) + pem(EC.publicKey), "'a' has more than one key"],
    ['a key cut short', pem(RSA.privateKey).slice(0, 500), "'a' cannot be read as a private key"],
    ['no more than a beginning', '-----BEGIN PRIVATE KEY-----', "'a' cannot be read as a private key"],
    ['parameters alone', '-----BEGIN DH PARAMETERS-----', "'a' has no private key in PEM that is known"],
    ['the halves of two keys', halves(), "'a' is damaged: it cannot check its own signature"],
    [
      'a public key as a JWK',
      JSON.stringify(RSA.publicKey.export({ format: 'jwk' })),
      "'a' is a JWK: a private key has to be PEM",
    ],
    [
      'a public key of SSH',
      `ssh-rsa AAAA${'B'.repeat(300)} ada@example.com`,
      "'a' is an SSH key: a private key has to be PEM",
    ],
  ])('should refuse %s by name', (_what, given, fault) => {
    expect(faultOf(given)).toBe(fault);
  });
});

describe('whatever a key file has', () => {
  const bytes = fc.uint8Array({ minLength: 1, maxLength: 40 }).map((array) => Buffer.from(array));
  /** A key file with some of its bytes replaced, left out, or doubled. */
  const mutated = (key: KeyObject) => {
    const file = Buffer.from(pem(key));
    return fc
      .tuple(fc.nat(file.length - 1), fc.nat(60), bytes)
      .map(([at, length, more]) =>
        Buffer.concat([file.subarray(0, at), more, file.subarray(at + length)]).toString('latin1'),
      );
  };
  /** The same below the armour, where OpenSSL reads. */
  const mutatedBody = (key: KeyObject) => {
    const der = key.export({ format: 'der', type: 'pkcs8' });
    return fc.tuple(fc.nat(der.length - 1), fc.integer({ min: 1, max: 255 })).map(([at, bits]) => {
      const changed = Buffer.from(der);
      changed[at] = Number(changed[at]) ^ bits;
      return `-----BEGIN PRIVATE KEY-----\n${changed.toString('base64')}\n-----END PRIVATE KEY-----\n`;
    });
  };

  it.each<[string, fc.Arbitrary<string>, number]>([
    ['text', fc.string({ unit: 'binary', maxLength: 300 }), 300],
    ['text within PEM', fc.string().map((body) => `-----BEGIN PRIVATE KEY-----\n${body}\n`), 300],
    [
      'bytes within PEM',
      bytes.map((body) => `-----BEGIN EC PRIVATE KEY-----\n${body.toString('base64')}`),
      1_000,
    ],
    ['a P-256 file with changes', mutated(EC.privateKey), 300],
    ['an RSA file with changes', mutated(RSA.privateKey), 60],
    ['a P-256 key with one byte changed', mutatedBody(EC.privateKey), 300],
    ['an RSA key with one byte changed', mutatedBody(RSA.privateKey), 60],
  ])('should be a key that checks what it signs, or be refused by name: %s', (_what, files, numRuns) => {
    fc.assert(
      fc.property(files, (file) => {
        let material: ReturnType<typeof read>;
        try {
          material = read(file);
        } catch (error) {
          expect(error).toBeInstanceOf(SourceFault);
          expect((error as Error).message).toMatch(/^'a' (?!.*(MII|BEGIN)).{10,80}$/);
          return;
        }
        const { algorithm, signing, checking } = material;
        if (algorithm === 'HS256') {
          expect(file).not.toContain('-----BEGIN ');
          return;
        }
        const data = Buffer.from('data');
        expect(verify('sha256', data, checking, sign('sha256', data, signing))).toBe(true);
        expect(
          Object.keys(publicKey(material, 'a') ?? {}).filter((name) => /^(d|p|q|dp|dq|qi)$/.test(name)),
        ).toEqual([]);
      }),
      { numRuns },
    );
  });
});

/** A private key beside the public half of another, as a damaged file has it. */
function halves(): string {
  const [one, other] = [EC, generateKeyPairSync('ec', { namedCurve: 'P-256' })].map(({ privateKey }) =>
    privateKey.export({ format: 'der', type: 'pkcs8' }),
  ) as [Buffer, Buffer];
  // In PKCS #8 the point of the public half comes last: 64 bytes.
  const joined = Buffer.concat([one.subarray(0, -64), other.subarray(-64)]);
  return `-----BEGIN PRIVATE KEY-----\n${joined.toString('base64')}\n-----END PRIVATE KEY-----\n`;
}
