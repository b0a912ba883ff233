import { jest } from '@jest/globals';
import { NestFastifyApplication } from '@nestjs/platform-fastify';
import request from 'supertest';
import { SECRET, startApp } from './app.js';
import { badRequest, expectProblem, TOO_LARGE, UNSUPPORTED } from './problems.js';
import { decode, hmac, NOW } from './token.js';

const JSON_TYPE = 'application/json; charset=utf-8';
const GOOD = { email: 'ada@example.com', password: 'correct horse' };
/** An address of so many characters, each part of its domain as long as a part may be. */
const longEmail = (length: number) =>
  `${`a@${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(63)}.`.padEnd(length, 'e')}`;
const padded = (bytes: number) => JSON.stringify(GOOD).padEnd(bytes);
const nested = (open: string, close: string) =>
  open.repeat(8_192 / open.length) + close.repeat(8_192 / open.length);

let app: NestFastifyApplication;

const post = (body: string | Buffer, type = 'application/json') =>
  request(app.getHttpServer())
    .post('/auth')
    .set('Content-Type', type)
    .serialize((raw) => raw)
    .send(body);

beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

describe('POST /auth', () => {
  it('should give a token that no cache keeps', async () => {
    const answer = await post(JSON.stringify(GOOD)).expect(200);
    expect(answer.headers).toMatchObject({ 'content-type': JSON_TYPE, 'cache-control': 'no-store' });
    expect(answer.body).toEqual({ token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]{43}$/) });
  });

  it('should sign with HS256 what the caller is and when', async () => {
    const clock = jest.spyOn(Date, 'now').mockReturnValue(NOW * 1_000 + 999);
    const { body } = await post(JSON.stringify(GOOD));
    clock.mockRestore();
    expect(decode(body.token)).toEqual([
      { alg: 'HS256', typ: 'JWT' },
      { email: GOOD.email, nbf: NOW, iat: NOW, exp: NOW + 14 * 86_400 },
    ]);
    const [header, payload, signature] = body.token.split('.');
    expect(signature).toBe(hmac(SECRET)(`${header}.${payload}`, 'HS256'));
  });

  it.each([
    ['an address in mixed case', { email: 'Ada.Lovelace+X@Example.COM' }],
    ['an address of 254 characters', { email: longEmail(254) }],
    ['a password of one character', { password: ' ' }],
    ['a password of 1,024 emoji', { password: '🔑'.repeat(1_024) }],
    ['a password with half a surrogate pair', { password: '\ud800' }],
  ])('should take %s as it is', async (_what, change) => {
    const credentials = { ...GOOD, ...change };
    const { body } = await post(JSON.stringify(credentials)).expect(200);
    expect(decode(body.token)[1]).toMatchObject({ email: credentials.email });
  });

  it.each([
    ['with a charset', JSON.stringify(GOOD), 'application/json; charset=utf-8'],
    ['in capitals', JSON.stringify(GOOD), 'Application/JSON'],
    ['after a byte order mark', `\ufeff${JSON.stringify(GOOD)}`, 'application/json'],
    ['of 16 KiB', padded(16_384), 'application/json'],
  ])('should take JSON %s', (_what, body, type) => post(body, type).expect(200));

  it('should issue for the life that JWT_TTL gives', async () => {
    const other = await startApp({ JWT_TTL: '90s' });
    const { body } = await request(other.getHttpServer()).post('/auth').send(GOOD);
    await other.close();
    const { exp, iat } = decode(body.token)[1] as { exp: number; iat: number };
    expect(exp - iat).toBe(90);
  });
});

describe('POST /auth with a wrong body', () => {
  const isNotJson = badRequest(['#', 'is not JSON in UTF-8']);
  const isNoObject = badRequest(['#', 'has to be an object']);

  it.each([
    ['empty', '', isNotJson],
    ['text', 'email=ada', isNotJson],
    ['cut off', '{"email":', isNotJson],
    ['invalid UTF-8', Buffer.from([...Buffer.from('{"email":"'), 0xff, ...Buffer.from('"}')]), isNotJson],
    ['UTF-16', Buffer.from(JSON.stringify(GOOD), 'utf16le'), isNotJson],
    ['16 KiB of nested arrays', nested('[', ']'), isNoObject],
    ['16 KiB of arrays that never end', '['.repeat(16_384), isNotJson],
    ['an array', JSON.stringify([GOOD]), isNoObject],
    ['null', 'null', isNoObject],
    ['a string', '"ada@example.com"', isNoObject],
    ['a number', '1', isNoObject],
  ])('should refuse %s', async (_what, body, problem) => {
    expectProblem(await post(body), problem);
  });

  it('should refuse none at all', async () => {
    expectProblem(await request(app.getHttpServer()).post('/auth'), isNoObject);
  });

  it.each([
    ['nothing', undefined],
    ['text', 'text/plain'],
    ['a form', 'application/x-www-form-urlencoded'],
    ['a multipart form', 'multipart/form-data; boundary=x'],
    ['another JSON type', 'application/json-patch+json'],
  ])('should refuse a body said to be %s', async (_what, type) => {
    const call = post(JSON.stringify(GOOD), type ?? 'text/plain');
    expectProblem(await (type ? call : call.unset('Content-Type')), UNSUPPORTED);
  });

  it.each([
    ['JSON', 'application/json'],
    ['text', 'text/plain'],
  ])('should refuse 16 KiB and one byte of %s', async (_what, type) => {
    const answer = await post(padded(16_385), type);
    expectProblem(answer, type === 'text/plain' ? UNSUPPORTED : TOO_LARGE);
  });
});
