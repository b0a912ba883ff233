import { generateKeyPairSync } from 'node:crypto';
import { jest } from '@jest/globals';
import { NestFastifyApplication } from '@nestjs/platform-fastify';
import request from 'supertest';
import { startApp } from './app.js';
import { expectRefused, readToken } from './refusals.js';
import { craft, decode, GOOD, hmac, NOW, rsa } from './token.js';

beforeAll(() => {
  jest.spyOn(Date, 'now').mockReturnValue(NOW * 1_000);
});
afterAll(() => {
  jest.restoreAllMocks();
});

describe('a token, where the secret is the text of a public key', () => {
  it('should be refused when the private key has signed it', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
    const PEM = publicKey.export({ type: 'spki', format: 'pem' }) as string;
    const other = await startApp({ JWT_SECRET: PEM });
    await readToken(other, craft(GOOD, {}, hmac(PEM))).expect(200);
    await expectRefused(other, craft(GOOD, { alg: 'RS256' }, rsa(privateKey)), 'algorithm');
    await other.close();
  });
});

describe('a token, once issuer and audience are set', () => {
  const RIGHT = { iss: 'https://issuer.example', aud: 'https://api.example' };
  let strict: NestFastifyApplication;

  beforeAll(async () => {
    strict = await startApp({ JWT_ISSUER: RIGHT.iss, JWT_AUDIENCE: RIGHT.aud });
  });
  afterAll(() => strict.close());

  it.each([
    ['the right ones', RIGHT],
    ['one audience of many', { ...RIGHT, aud: ['https://other.example', RIGHT.aud] }],
  ])('should be accepted with %s', (_what, claims) =>
    readToken(strict, craft({ ...GOOD, ...claims })).expect(200),
  );

  it.each([
    ['no issuer', { aud: RIGHT.aud }, 'issuer'],
    ['another issuer', { ...RIGHT, iss: `${RIGHT.iss}/` }, 'issuer'],
    ['a list of issuers', { ...RIGHT, iss: [RIGHT.iss] }, 'issuer'],
    ['no audience', { iss: RIGHT.iss }, 'audience'],
    ['another audience', { ...RIGHT, aud: 'https://other.example' }, 'audience'],
    ['an empty list of audiences', { ...RIGHT, aud: [] }, 'audience'],
  ])('should be refused with %s', (_what, claims, reason) =>
    expectRefused(strict, craft({ ...GOOD, ...claims }), reason),
  );

  it('should be issued with both', async () => {
    const { body } = await request(strict.getHttpServer())
      .post('/auth')
      .send({ email: GOOD.email, password: 'x' });
    expect(decode(body.token)[1]).toMatchObject(RIGHT);
    await readToken(strict, body.token).expect(200);
  });
});
