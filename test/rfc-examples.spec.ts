import { createPrivateKey, createSecretKey, generateKeyPairSync, sign, type webcrypto } from 'node:crypto';
import { jest } from '@jest/globals';
import type { Jwt } from 'jsonwebtoken';
import request from 'supertest';
import { KeyMaterial, readKeyMaterial } from '../src/keys/key-material.js';
import { publicKey } from '../src/keys/public-key.js';
import { signingKey } from '../src/keys/signing-key.js';
import { startApp } from './app.js';
import { pem } from './key-files.js';
import { MountedVolume } from './mounted-volume.js';
import { expectRefused } from './refusals.js';
import * as rfc from './rfc-vectors.js';

const fileOf = (jwk: webcrypto.JsonWebKey) => pem(createPrivateKey({ key: jwk, format: 'jwk' }));
const materialOf = (jwk: webcrypto.JsonWebKey) => readKeyMaterial(fileOf(jwk), 'a');
const secretMaterial = (): KeyMaterial => {
  const key = createSecretKey(rfc.HS256_SECRET);
  return { algorithm: 'HS256', signing: key, checking: key };
};
const check = (material: KeyMaterial, token: string) =>
  signingKey(material, { lifetime: 60 }, 'a').jwt.verify<Jwt>(token, { complete: true });

beforeAll(() => jest.spyOn(Date, 'now').mockReturnValue((rfc.CLAIMS.exp - 60) * 1_000));
afterAll(() => jest.restoreAllMocks());

describe('RFC 7515', () => {
  it.each<[string, () => KeyMaterial, string]>([
    ['A.1 and RFC 7519 3.1, HS256', secretMaterial, rfc.HS256_TOKEN],
    ['A.2, RS256', () => materialOf(rfc.RS256_JWK), rfc.RS256_TOKEN],
    ['A.3, ES256', () => materialOf(rfc.ES256_JWK), rfc.ES256_TOKEN],
  ])('%s: should be accepted under its key, and only unchanged', (_where, material, token) => {
    expect(check(material(), token).payload).toEqual(rfc.CLAIMS);
    expect(() => check(material(), token.replace('.eyJpc3MiOiJqb2Ui', '.eyJpc3MiOiJqb2Ei'))).toThrow(
      /invalid/,
    );
    expect(() => check(material(), token.slice(0, -2))).toThrow(/signature/);
  });

  it('A.2: should be the signature that the same key makes', () => {
    const [input = '', signature] = rfc.RS256_TOKEN.split(/\.(?=[^.]*$)/);
    const { signing } = materialOf(rfc.RS256_JWK);
    expect(sign('sha256', Buffer.from(input), signing).toString('base64url')).toBe(signature);
  });

  it('A.4: should not take the key of ES512, nor its token under another', () => {
    expect(() => materialOf(rfc.ES512_JWK)).toThrow("'a' has the curve secp521r1: ES256 needs P-256");
    expect(() => check(materialOf(rfc.ES256_JWK), rfc.ES512_TOKEN)).toThrow('invalid algorithm');
  });

  it('should check each token under its own kind of key alone', () => {
    const materials = [secretMaterial(), materialOf(rfc.RS256_JWK), materialOf(rfc.ES256_JWK)];
    const tokens = [rfc.HS256_TOKEN, rfc.RS256_TOKEN, rfc.ES256_TOKEN];
    for (const [own, token] of tokens.entries()) {
      for (const material of materials.filter((_, index) => index !== own)) {
        expect(() => check(material, token)).toThrow('invalid algorithm');
      }
    }
  });
});

describe('RFC 7517', () => {
  it('A.1: should be what is published of the keys of A.2', async () => {
    const [ec, rsa] = rfc.PRIVATE_JWKS.map((jwk) => fileOf(jwk));
    const volume = new MountedVolume({ active: '1', '1': `${ec}`, '2011-04-29': `${rsa}` });
    const app = await startApp({ JWT_SECRET: '', JWT_KEYS_DIR: volume.path });
    const { body } = await request(app.getHttpServer()).get('/.well-known/jwks.json').expect(200);
    await app.close();
    volume.remove();
    expect(body).toEqual({
      keys: [
        { ...rfc.PUBLIC_JWKS[0], alg: 'ES256', use: 'sig' },
        { ...rfc.PUBLIC_JWKS[1], use: 'sig' },
      ],
    });
  });
});

describe('RFC 7518', () => {
  it('3.4: should sign ES256 as the 64 bytes of R and S', () => {
    const { jwt } = signingKey(materialOf(rfc.ES256_JWK), { lifetime: 60 }, 'a');
    for (let count = 0; count < 100; count += 1) {
      const signature = jwt.sign({ count }).split('.')[2] as string;
      expect(Buffer.from(signature, 'base64url')).toHaveLength(64);
    }
  });

  it('6.2.1.2: should publish coordinates whole, with the zeros that they begin with', () => {
    for (let found = 0; found < 2; ) {
      const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const jwk = publicKey(readKeyMaterial(pem(privateKey), 'a'), 'a') as { x: string; y: string };
      const [x, y] = [jwk.x, jwk.y].map((coordinate) => Buffer.from(coordinate, 'base64url'));
      expect([x?.length, y?.length]).toEqual([32, 32]);
      found += x?.[0] === 0 || y?.[0] === 0 ? 1 : 0;
    }
  });

  it('6.3.1.1: should publish a modulus without zeros before it', () => {
    const { n } = publicKey(materialOf(rfc.RS256_JWK), 'a') as { n: string };
    expect(n).toBe(rfc.RS256_JWK.n);
    expect(Buffer.from(n, 'base64url')).toHaveLength(256);
  });
});

describe('RFC 7519', () => {
  it.each([
    ['6.1, an unsecured token', rfc.UNSECURED_TOKEN, 'signature'],
    ['A.1, an encrypted token', rfc.ENCRYPTED_TOKEN, 'malformed'],
    ['A.2, a nested token', rfc.NESTED_TOKEN, 'malformed'],
    ['3.1, the token of a secret that is not ours', rfc.HS256_TOKEN, 'signature'],
  ])('%s: should be refused', async (_where, token, reason) => {
    const app = await startApp();
    await expectRefused(app, token, reason).finally(() => app.close());
  });
});
