import { createPrivateKey, createPublicKey } from 'node:crypto';
import { readKeyMaterial } from '../src/keys/key-material.js';
import { PUBLIC_JWKS } from '../test/rfc-vectors.js';
import { ALGORITHMS, algorithmOf, generateKey, kidsOf, parseFolder, thumbprint } from './key-folder.ts';

describe('thumbprint', () => {
  it('should be that of RFC 7638, section 3.1', () => {
    const key = createPublicKey({ key: PUBLIC_JWKS[1] ?? {}, format: 'jwk' });
    expect(thumbprint(key)).toBe('NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs');
  });
});

describe('generateKey', () => {
  it.each(ALGORITHMS)(
    'should make a key of %s that the service takes, under an id that fits',
    (algorithm) => {
      const made = Array.from({ length: algorithm === 'RS256' ? 2 : 20 }, () => generateKey(algorithm));
      for (const { kid, text } of made) {
        expect(readKeyMaterial(text, kid).algorithm).toBe(algorithm);
        expect(algorithmOf(text)).toBe(algorithm);
        expect(kid).toMatch(/^\w[\w.-]{0,127}$/);
      }
      expect(new Set(made.map(({ kid }) => kid)).size).toBe(made.length);
    },
  );

  it('should call a private key by the thumbprint of its public half', () => {
    const { kid, text } = generateKey('ES256');
    expect(kid).toBe(thumbprint(createPublicKey(createPrivateKey(text))));
  });
});

describe('parseFolder', () => {
  it('should know a folder', () => {
    const folder = { active: 'a', a: 'x', '.rotation': '{}' };
    expect(parseFolder(JSON.stringify(folder))).toEqual(folder);
    expect(kidsOf(folder)).toEqual(['a']);
  });

  it.each(['a secret', '"active"', 'null', '[]', '{}', '{"a":"x"}', '{"active":1}', '{"active":"a","a":1}'])(
    'should take %s for one secret',
    (text) => expect(parseFolder(text)).toBeUndefined(),
  );
});
