import { NestFastifyApplication } from '@nestjs/platform-fastify';
import fc from 'fast-check';
import request from 'supertest';
import { SECRET, startApp } from './app.js';
import { craft, encode, hmac } from './token.js';

const RUNS = { numRuns: 100 };
const HEADER = encode({ alg: 'HS256', typ: 'JWT' });
const PAYLOAD = encode({ email: 'ada@example.com', exp: 9e9 });
const CREDENTIALS = { email: 'ada@example.com', password: 'x' };

const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));
const email = fc.stringMatching(
  /^[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[A-Za-z\d]{1,40}(-[A-Za-z\d]{1,20})?(\.[A-Za-z\d]{1,40}){0,2}$/,
);
/** Any text but half surrogate pairs, counted as the service counts. */
const password = fc.string({ unit: 'binary', minLength: 1, maxLength: 1_024 });
/** What the text of a header may have: Node.js sends nothing else. */
const headerText = fc.string({
  unit: fc
    .integer({ min: 0x20, max: 0xff })
    .filter((code) => code !== 0x7f)
    .map((code) => String.fromCharCode(code)),
});
const unknownName = fc.string().filter((name) => !Object.hasOwn(CREDENTIALS, name));
const base64url = bytes.map((part) => part.toString('base64url'));

let app: NestFastifyApplication;

const issue = (body: string | Buffer) =>
  request(app.getHttpServer())
    .post('/auth')
    .set('Content-Type', 'application/json')
    .serialize((raw) => raw)
    .send(body);
const read = (authorization: string) =>
  request(app.getHttpServer()).get('/contents').set('Authorization', authorization);

beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

describe('whatever is sent', () => {
  it('should come back from the token, if it is an email with a password', async () => {
    await fc.assert(
      fc.asyncProperty(email, password, async (given, secret) => {
        const issued = await issue(JSON.stringify({ email: given, password: secret }));
        expect(issued.status).toBe(200);
        const { status, body } = await read(`Bearer ${issued.body.token}`);
        expect([status, body.email]).toEqual([200, given]);
      }),
      RUNS,
    );
  });

  it.each<[string, fc.Arbitrary<string>]>([
    ['text', headerText],
    ['text after the scheme', headerText.map((text) => `Bearer ${text}`)],
    ['bytes in base64url', base64url.map((part) => `Bearer ${part}`)],
    [
      'three parts of bytes',
      fc.tuple(base64url, base64url, base64url).map((parts) => `Bearer ${parts.join('.')}`),
    ],
    ['a signed payload of bytes', base64url.map((part) => `Bearer ${signed(HEADER, part)}`)],
    ['a signed header of bytes', base64url.map((part) => `Bearer ${signed(part, PAYLOAD)}`)],
    ['a signed payload of any JSON', fc.jsonValue().map((value) => `Bearer ${craft(JSON.stringify(value))}`)],
    [
      'signed claims of any JSON',
      fc
        .record({ email: fc.jsonValue(), exp: fc.jsonValue(), nbf: fc.jsonValue() })
        .filter(({ email, exp }) => typeof email !== 'string' || typeof exp !== 'number')
        .map((claims) => `Bearer ${craft(claims)}`),
    ],
  ])('should be refused as a token: %s', async (_what, authorizations) => {
    await fc.assert(
      fc.asyncProperty(authorizations, async (authorization) => {
        expect((await read(authorization)).status).toBe(401);
      }),
      RUNS,
    );
  });

  it.each<[string, fc.Arbitrary<string | Buffer>]>([
    ['bytes', bytes],
    ['text', fc.string({ unit: 'binary' })],
    ['any JSON', fc.json()],
    [
      'fields of any JSON',
      fc.record({ email: fc.jsonValue(), password: fc.jsonValue() }).map((body) => JSON.stringify(body)),
    ],
    [
      'credentials and more',
      fc
        .dictionary(unknownName, fc.jsonValue(), { minKeys: 1 })
        .map((more) => JSON.stringify({ ...more, ...CREDENTIALS })),
    ],
  ])('should be refused as a body: %s', async (_what, bodies) => {
    await fc.assert(
      fc.asyncProperty(bodies, async (body) => {
        const answer = await issue(body);
        expect([answer.status, answer.type]).toEqual([400, 'application/problem+json']);
      }),
      RUNS,
    );
  });
});

function signed(header: string, payload: string): string {
  return `${header}.${payload}.${hmac(SECRET)(`${header}.${payload}`, 'HS256')}`;
}
