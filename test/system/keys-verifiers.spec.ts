import { type KeyObject, sign } from 'node:crypto';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { EC, pem, RSA } from '../key-files.js';
import { MountedVolume } from '../mounted-volume.js';
import { describeWith } from '../requirements.js';
import { cleanUp, type RunningProcess, startService } from '../service-process.js';
import { craft, encode } from '../token.js';
import { until } from '../until.js';
import { check, issue, read } from './client.js';
import { joseVerifier, pyjwtVerifier, type Start, type Verifier } from './foreign-verifiers.js';

const SECRET = 'the secret of before'.padEnd(32, '.');
const EMAIL = 'ada@example.com';
const ISSUER = 'https://auth.example.com';

const VERIFIERS: [string, Start, unknown: string, forged: string][] = [
  ['jose', joseVerifier, 'ERR_JWKS_NO_MATCHING_KEY', 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED'],
  ['PyJWT', pyjwtVerifier, 'PyJWKClientError', 'InvalidSignatureError'],
];
/** Seconds for which they keep the published keys, as the service lets them. */
const MAX_AGE = 300;

describeWith(['python'], 'a verifier that knows no more than the published keys', () => {
  let volume: MountedVolume;
  let service: RunningProcess;
  let url: string;
  let verifier: Verifier;

  beforeEach(async () => {
    volume = new MountedVolume({ active: 'hs', hs: SECRET });
    service = startService({ JWT_KEYS_DIR: volume.path, JWT_ISSUER: ISSUER });
    url = await service.url();
  });
  afterEach(async () => {
    verifier.stop();
    await cleanUp();
    volume.remove();
  });

  const swap = async (active: string, files: Record<string, string>) => {
    volume.swap({ active, ...files });
    const published = Object.keys(files).filter((kid) => kid !== 'hs');
    await until('the change', async () => {
      const { keys } = (await (await fetch(`${url}/.well-known/jwks.json`)).json()) as {
        keys: { kid: string }[];
      };
      return keys.map(({ kid }) => kid).join() === published.join();
    });
    return await issue(url);
  };

  it.each(VERIFIERS)(
    'should check the tokens of a whole rotation: %s',
    async (_name, start, unknown, forged) => {
      const es = pem(EC.privateKey);
      const rs = pem(RSA.privateKey);
      verifier = start(url, MAX_AGE);
      // A secret is nobody else's.
      expect(await verifier.check(await issue(url))).not.toBe(EMAIL);

      const first = await swap('es', { hs: SECRET, es });
      expect(read(first).header).toMatchObject({ alg: 'ES256', kid: 'es' });
      expect(await verifier.check(first)).toBe(EMAIL);

      const second = await swap('rs', { es, rs });
      expect(read(second).header).toMatchObject({ alg: 'RS256', kid: 'rs' });
      expect([await verifier.check(second), await verifier.check(first)]).toEqual([EMAIL, EMAIL]);
      expect([await check(url, second), await check(url, first)]).toEqual([200, 200]);

      const claims = { email: EMAIL, iss: ISSUER, exp: Math.floor(Date.now() / 1_000) + 60 };
      const header = { alg: 'RS256', kid: 'rs' };
      expect(
        await verifier.check(craft(claims, header, () => signature(RSA.privateKey, 'another text'))),
      ).toBe(forged);
      expect(await verifier.check(craft(claims, { alg: 'HS256', kid: 'rs' }))).not.toBe(EMAIL);

      // The last of the old key is gone: whoever asks anew no longer knows it.
      await swap('rs', { rs });
      const fresh = start(url, MAX_AGE);
      expect([await fresh.check(second), await fresh.check(first)]).toEqual([EMAIL, unknown]);
      fresh.stop();
      expect(await check(url, first)).toBe(401);
    },
  );

  it('should find the keys by discovery', async () => {
    verifier = joseVerifier(url, MAX_AGE);
    const token = await swap('es', { es: pem(EC.privateKey) });
    const answer = await fetch(`${url}/.well-known/openid-configuration`);
    const {
      issuer,
      jwks_uri,
      id_token_signing_alg_values_supported: algorithms,
    } = (await answer.json()) as {
      issuer: string;
      jwks_uri: string;
      id_token_signing_alg_values_supported: string[];
    };
    // What is behind that name is this process here.
    const keys = createRemoteJWKSet(new URL(jwks_uri.replace(ISSUER, url)));
    const { payload } = await jwtVerify(token, keys, { issuer, algorithms });
    expect(payload).toMatchObject({ email: EMAIL, iss: ISSUER });
  });
});

function signature(key: KeyObject, text: string): string {
  return sign('sha256', Buffer.from(encode(text)), key).toString('base64url');
}
