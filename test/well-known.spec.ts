import { createPublicKey, verify } from 'node:crypto';
import { NestFastifyApplication } from '@nestjs/platform-fastify';
import request from 'supertest';
import { MetricsServer } from '../src/metrics/metrics.server.js';
import { MetricsService } from '../src/metrics/metrics.service.js';
import { startApp } from './app.js';
import { EC, pem, RSA } from './key-files.js';
import { MountedVolume } from './mounted-volume.js';
import { expectProblem, METHOD_NOT_ALLOWED, NOT_FOUND, UNAVAILABLE } from './problems.js';
import { until } from './until.js';

const OLD = 'the old secret'.padEnd(32, '.');
const KEY_SET = '/.well-known/jwks.json';
const DISCOVERY = '/.well-known/openid-configuration';

let app: NestFastifyApplication | undefined;
let volume: MountedVolume | undefined;

afterEach(async () => {
  await app?.close();
  volume?.remove();
  app = volume = undefined;
});

const start = async (files: Record<string, string>, variables: NodeJS.ProcessEnv = {}) => {
  volume = new MountedVolume(files);
  app = await startApp({ JWT_SECRET: '', JWT_KEYS_DIR: volume.path, ...variables });
};
const server = () => request((app as NestFastifyApplication).getHttpServer());
const issue = async (): Promise<string> => {
  const { body } = await server()
    .post('/auth')
    .send({ email: 'ada@example.com', password: 'any' })
    .expect(200);
  return body.token;
};
const kids = async () => (await server().get(KEY_SET)).body.keys.map(({ kid }: { kid: string }) => kid);

describe('GET /.well-known/jwks.json', () => {
  it('should be empty while all keys are secrets', async () => {
    app = await startApp();
    const answer = await server().get(KEY_SET).expect(200);
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(answer.body).toEqual({ keys: [] });
  });

  it('should have the public halves, and nothing else', async () => {
    await start({ active: 'hs', hs: OLD, es: pem(EC.privateKey), rs: pem(RSA.privateKey) });
    const { body, text } = await server().get(KEY_SET);
    expect(body.keys).toEqual([
      { ...EC.publicKey.export({ format: 'jwk' }), kid: 'es', use: 'sig', alg: 'ES256' },
      { ...RSA.publicKey.export({ format: 'jwk' }), kid: 'rs', use: 'sig', alg: 'RS256' },
    ]);
    expect(text).not.toMatch(/"(d|p|q|dp|dq|qi|k)":/);
    expect(text).not.toContain('the old secret');
  });

  it.each([
    ['ES256', EC.privateKey],
    ['RS256', RSA.privateKey],
  ])('should be all that it takes to check a token of %s', async (alg, key) => {
    await start({ active: 'a', a: pem(key) });
    const [header = '', payload = '', signature = ''] = (await issue()).split('.');
    expect(JSON.parse(Buffer.from(header, 'base64url').toString())).toEqual({ alg, typ: 'JWT', kid: 'a' });
    const [jwk] = (await server().get(KEY_SET)).body.keys;
    const checking = {
      key: createPublicKey({ key: jwk, format: 'jwk' }),
      dsaEncoding: 'ieee-p1363',
    } as const;
    const input = Buffer.from(`${header}.${payload}`);
    expect(verify('sha256', input, checking, Buffer.from(signature, 'base64url'))).toBe(true);
  });

  it('should have a key before it signs, and after it has signed its last token', async () => {
    await start({ active: 'es', es: pem(EC.privateKey) });
    const before = await issue();
    volume?.swap({ active: 'es', es: pem(EC.privateKey), rs: pem(RSA.privateKey) });
    await until('the next key', async () => (await kids()).includes('rs'));
    expect(JSON.parse(Buffer.from((await issue()).split('.')[0] as string, 'base64url').toString()).kid).toBe(
      'es',
    );
    volume?.swap({ active: 'rs', es: pem(EC.privateKey), rs: pem(RSA.privateKey) });
    await until('it to sign', async () =>
      (await app?.get(MetricsService).registry.metrics())?.includes('kid="rs",active="true"'),
    );
    expect(await kids()).toEqual(['es', 'rs']);
    await server().get('/contents').auth(before, { type: 'bearer' }).expect(200);
  });

  it('should be kept by whoever asks, and asked for again only if it has changed', async () => {
    await start({ active: 'es', es: pem(EC.privateKey) }, { JWKS_MAX_AGE: '90s' });
    const { headers } = await server().get(KEY_SET);
    expect(headers['cache-control']).toBe('public, max-age=90');
    expect(headers.etag).toMatch(/^"[\w-]{43}"$/);
    for (const tags of [headers.etag, `W/${headers.etag}`, `"x", ${headers.etag}`, '*']) {
      const answer = await server()
        .get(KEY_SET)
        .set('If-None-Match', tags as string)
        .expect(304);
      expect([answer.text, answer.headers.etag, answer.headers['cache-control']]).toEqual([
        '',
        headers.etag,
        'public, max-age=90',
      ]);
    }
    await server().get(KEY_SET).set('If-None-Match', '"x"').expect(200);
    volume?.swap({ active: 'es', es: pem(EC.privateKey), rs: pem(RSA.privateKey) });
    await until('another set', async () => (await kids()).length === 2);
    const next = await server()
      .get(KEY_SET)
      .set('If-None-Match', headers.etag as string)
      .expect(200);
    expect(next.headers.etag).not.toBe(headers.etag);
  });

  it('should answer HEAD as GET, and nothing else', async () => {
    await start({ active: 'es', es: pem(EC.privateKey) });
    const full = await server().get(KEY_SET);
    const head = await server().head(KEY_SET).expect(200);
    expect([head.text, head.headers.etag]).toEqual([undefined, full.headers.etag]);
    const refused = await server().post(KEY_SET);
    expectProblem(refused, METHOD_NOT_ALLOWED);
    expect(refused.headers.allow).toBe('GET, HEAD');
  });

  it('should be 503 until the folder has been good once: nobody is to keep an empty set', async () => {
    await start({ active: 'missing' });
    const answer = await server().get(KEY_SET);
    expectProblem(answer, UNAVAILABLE);
    expect(answer.headers['cache-control']).toBeUndefined();
  });

  it('should keep what it has while the folder is at fault', async () => {
    await start({ active: 'es', es: pem(EC.privateKey) });
    volume?.swap({ active: 'es', es: pem(EC.publicKey) });
    await until('the fault', async () =>
      (await app?.get(MetricsService).registry.metrics())?.includes('jwt_keys_stale 1'),
    );
    expect(await kids()).toEqual(['es']);
    await issue();
  });
});

describe('GET /.well-known/openid-configuration', () => {
  it.each([undefined, 'team-a', 'ftp://a.example', 'https://a.example?b', 'https://a.example#b'])(
    'should be 404 where the issuer is %s',
    async (JWT_ISSUER) => {
      app = await startApp({ JWT_ISSUER });
      expectProblem(await server().get(DISCOVERY), NOT_FOUND);
    },
  );

  it.each([
    ['https://a.example', 'https://a.example/.well-known/jwks.json'],
    ['https://a.example/', 'https://a.example/.well-known/jwks.json'],
    ['https://a.example/auth', 'https://a.example/auth/.well-known/jwks.json'],
  ])('should say where the keys of %s are', async (JWT_ISSUER, jwks_uri) => {
    await start({ active: 'hs', hs: OLD, es: pem(EC.privateKey), rs: pem(RSA.privateKey) }, { JWT_ISSUER });
    const answer = await server().get(DISCOVERY).expect(200);
    expect(answer.body).toEqual({
      issuer: JWT_ISSUER,
      jwks_uri,
      response_types_supported: ['id_token'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['ES256', 'RS256'],
    });
    const etag = answer.headers.etag as string;
    await server().get(DISCOVERY).set('If-None-Match', etag).expect(304);
  });
});

describe('GET /metrics', () => {
  it('should tell how long tokens and the published keys are good', async () => {
    await start({ active: 'es', es: pem(EC.privateKey) }, { JWT_TTL: '1h', JWKS_MAX_AGE: '2m' });
    const { text } = await request(`http://127.0.0.1:${app?.get(MetricsServer).port}`).get('/metrics');
    expect(text).toContain('\njwt_token_lifetime_seconds 3600\n');
    expect(text).toContain('\njwt_key_set_max_age_seconds 120\n');
  });
});
