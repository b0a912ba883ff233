import { generateKeyPairSync } from 'node:crypto';
import { AddressInfo, connect } from 'node:net';
import { jest } from '@jest/globals';
import { NestFastifyApplication } from '@nestjs/platform-fastify';
import { startApp } from './app.js';
import { expectRefused, readToken } from './refusals.js';
import { craft, encode, GOOD, hmac, NOW, rsa, unsigned } from './token.js';

const OTHER_SECRET = 'another secret, as long as the first one is';
const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
const RSA_JWK = publicKey.export({ format: 'jwk' });
const OTHER_JWK = { kty: 'oct', k: encode(OTHER_SECRET) };
const [header, payload, signature] = craft(GOOD).split('.') as [string, string, string];
const without = (claim: keyof typeof GOOD) => ({ ...GOOD, [claim]: undefined });
/** The same 32 bytes in base64url: the last character has two bits that do not count. */
const respelt = signature.replace(/.$/, (last) => String.fromCharCode(last.charCodeAt(0) + 1));

let app: NestFastifyApplication;

const expectGood = (token: string) => readToken(app, token).expect(200);
const expectRefusal = (token: string, reason: string) => expectRefused(app, token, reason);

beforeAll(async () => {
  jest.spyOn(Date, 'now').mockReturnValue(NOW * 1_000);
  app = await startApp();
});
afterAll(async () => {
  await app.close();
  jest.restoreAllMocks();
});

describe('a token', () => {
  it.each([
    ['is good', craft(GOOD)],
    ['begins at the edge of the leeway', craft({ ...GOOD, nbf: NOW + 30 })],
    ['ended one second inside the leeway', craft({ ...GOOD, exp: NOW - 29 })],
    ['has no nbf', craft(without('nbf'))],
    ['has no iat', craft(without('iat'))],
    ['has fractions of seconds', craft({ ...GOOD, exp: NOW + 0.5, nbf: NOW - 0.5 })],
    ['has claims that are not known', craft({ ...GOOD, aud: 'x', iss: 'y', sub: 1 })],
    ['has a jwk beside the good signature', craft(GOOD, { jwk: OTHER_JWK })],
    ['has a jku and an x5u', craft(GOOD, { jku: 'http://127.0.0.1:1/', x5u: 'http://127.0.0.1:1/' })],
    ['has no typ', craft(GOOD, { typ: undefined })],
  ])('should be accepted when it %s', (_what, token) => expectGood(token));

  it.each([
    ['of another secret', craft(GOOD, {}, hmac(OTHER_SECRET)), 'signature'],
    ['of its own jwk', craft(GOOD, { jwk: OTHER_JWK }, hmac(OTHER_SECRET)), 'signature'],
    [
      'of another payload',
      `${header}.${encode({ ...GOOD, email: 'eve@example.com' })}.${signature}`,
      'signature',
    ],
    ['of another header', `${encode({ typ: 'JWT', alg: 'HS256' })}.${payload}.${signature}`, 'signature'],
    ['with one bit changed', `${header}.${payload}.${respelt}`, 'signature'],
    ['cut short', `${header}.${payload}.${signature.slice(0, -1)}`, 'signature'],
    ['with padding', `${header}.${payload}.${signature}=`, 'malformed'],
    ['that is missing', `${header}.${payload}.`, 'signature'],
    ['that alg none has no need of', craft(GOOD, { alg: 'none' }, unsigned), 'signature'],
    ['beside alg none', `${encode({ alg: 'none' })}.${payload}.${signature}`, 'algorithm'],
    ['beside alg None', craft(GOOD, { alg: 'None' }, () => signature), 'algorithm'],
    ['by HS384 with the same secret', craft(GOOD, { alg: 'HS384' }), 'algorithm'],
    ['by HS512 with the same secret', craft(GOOD, { alg: 'HS512' }), 'algorithm'],
    ['by RS256', craft(GOOD, { alg: 'RS256' }, rsa(privateKey)), 'algorithm'],
    ['by RS256 with its own jwk', craft(GOOD, { alg: 'RS256', jwk: RSA_JWK }, rsa(privateKey)), 'algorithm'],
    ['beside an alg that is a list', craft(GOOD, { alg: ['HS256'] }, () => signature), 'algorithm'],
    ['beside no alg', craft(GOOD, { alg: undefined }, () => signature), 'algorithm'],
  ])('should be refused for a signature %s', (_what, token, reason) => expectRefusal(token, reason));

  it.each([
    ['ended as long ago as the leeway', { ...GOOD, exp: NOW - 30 }, 'expired'],
    ['ended in 1970', { ...GOOD, exp: 0 }, 'expired'],
    ['begins after the leeway', { ...GOOD, nbf: NOW + 31 }, 'not_yet_valid'],
    ['has no exp', without('exp'), 'claims'],
    ['has a string for exp', { ...GOOD, exp: `${NOW + 60}` }, 'claims'],
    ['has null for exp', { ...GOOD, exp: null }, 'claims'],
    ['has true for exp', { ...GOOD, exp: true }, 'claims'],
    ['never ends', `{"email":"ada@example.com","exp":1e400}`, 'claims'],
    ['has a string for nbf', { ...GOOD, nbf: `${NOW}` }, 'claims'],
    ['has null for nbf', { ...GOOD, nbf: null }, 'claims'],
    ['began before all time', `{"email":"ada@example.com","exp":${NOW + 60},"nbf":-1e400}`, 'claims'],
    ['has no email', without('email'), 'claims'],
    ['has a number for email', { ...GOOD, email: 1 }, 'claims'],
    ['has a list for email', { ...GOOD, email: [GOOD.email] }, 'claims'],
    ['has null for email', { ...GOOD, email: null }, 'claims'],
    ['is a list', [GOOD], 'claims'],
    ['is a string', JSON.stringify('ada@example.com'), 'claims'],
    ['is null', 'null', 'malformed'],
    ['is no JSON', '{"email":', 'malformed'],
    ['is empty', '', 'malformed'],
  ])('should be refused when what it says %s', (_what, says, reason) => expectRefusal(craft(says), reason));

  it.each([
    ['a crit that names a header', { crit: ['exp'], exp: NOW }],
    ['an empty crit', { crit: [] }],
  ])('should be refused with %s', (_what, more) => expectRefusal(craft(GOOD, more), 'critical'));

  it.each([
    ['one part', header],
    ['two parts', `${header}.${payload}`],
    ['four parts', `${craft(GOOD)}.${signature}`],
    ['five parts, as an encrypted one has', `${craft(GOOD)}.${signature}.${signature}`],
    ['empty parts', '..'],
    ['an empty header', `.${payload}.${signature}`],
    ['a header that is no JSON', `${encode('{')}.${payload}.${signature}`],
    ['a header that is null', `${encode('null')}.${payload}.${signature}`],
    ['16 thousand characters', 'x'.repeat(16_000)],
  ])('should be refused with %s', (_what, token) => expectRefusal(token, 'malformed'));

  it('should be refused by Node.js itself with 100 kB', async () => {
    const { port } = app.getHttpServer().address() as AddressInfo;
    const socket = connect(port, '127.0.0.1').setEncoding('utf8');
    let answer = '';
    // The server cuts off what it does not want to read.
    socket.on('data', (chunk) => (answer += chunk)).on('error', () => {});
    socket.write(`GET /contents HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${'x'.repeat(102_400)}\r\n\r\n`);
    await new Promise((resolve) => socket.on('close', resolve));
    expect(answer).toMatch(/^HTTP\/1\.1 431 Request Header Fields Too Large\r\n/);
  });
});
