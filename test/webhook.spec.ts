import { NestFastifyApplication } from '@nestjs/platform-fastify';
import { startApp } from './app.js';
import { expectProblem, WRONG_CREDENTIALS } from './problems.js';
import { readToken } from './refusals.js';
import { signIn } from './sign-in.js';
import { decode } from './token.js';
import { UserDirectory } from './user-directory.js';

const ADA = 'ada@example.com';
const PASSWORD = 'correct horse';
const TOKEN = 'the-credential-of-the-tests';

let directory: UserDirectory;
let app: NestFastifyApplication;

const answerJson = (status: number, body: unknown) => {
  directory.answer = (response) =>
    void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
};

beforeAll(async () => {
  directory = await UserDirectory.start();
  app = await startApp({
    AUTH_MODE: 'webhook',
    AUTH_WEBHOOK_URL: directory.url,
    AUTH_WEBHOOK_TOKEN: TOKEN,
    AUTH_WEBHOOK_CLAIMS: 'sub, roles,tenant/id',
    AUTH_WEBHOOK_TIMEOUT: '60s',
  });
});
afterAll(async () => {
  await app.close();
  directory.stop();
});
beforeEach(() => {
  directory.questions.length = 0;
});

describe('AUTH_MODE=webhook', () => {
  it('should ask with the credentials as they are, and its own beside them', async () => {
    directory.answer = (response) => void response.writeHead(204).end();
    const { body } = await signIn(app, ADA, ' pass"wörd ').expect(200);
    expect(directory.questions).toEqual([
      { method: 'POST', authorization: `Bearer ${TOKEN}`, body: { email: ADA, password: ' pass"wörd ' } },
    ]);
    expect(Object.keys(decode(body.token)[1] as object).sort()).toEqual(['email', 'exp', 'iat', 'nbf']);
  });

  it('should put the claims that are allowed, and no others, into the token', async () => {
    const claims = { sub: 'u-1', roles: ['admin'], 'tenant/id': 7, admin: true, email: 'eve@example.com' };
    answerJson(200, { claims: { ...claims, exp: 9e9, iss: 'x', nbf: 0 }, claimsOfNobody: 1 });
    const { body } = await signIn(app, ADA, PASSWORD).expect(200);
    const [, payload] = decode(body.token) as [object, { exp: number; nbf: number }];
    expect(payload).toEqual({
      email: ADA,
      sub: 'u-1',
      roles: ['admin'],
      'tenant/id': 7,
      iat: payload.nbf,
      nbf: payload.nbf,
      exp: payload.nbf + 14 * 86_400,
    });
    const { body: contents } = await readToken(app, body.token).expect(200);
    expect(Object.keys(contents).sort()).toEqual(['email', 'exp', 'nbf']);
  });

  it('should not take what a claim is called for what objects inherit', async () => {
    directory.answer = (response) =>
      void response.end('{"claims":{"__proto__":{"sub":"x"},"constructor":1,"roles":{"__proto__":{"a":1}}}}');
    const { body } = await signIn(app, ADA, PASSWORD).expect(200);
    expect(decode(body.token)[1]).not.toHaveProperty('sub');
    expect(Object.keys(decode(body.token)[1] as object)).not.toContain('constructor');
  });

  it.each([
    ['an empty object', 200, {}],
    ['no claims', 201, { claims: {} }],
    ['more than it was asked', 200, { user: { name: 'Ada' } }],
  ])('should take a yes with %s', async (_what, status, body) => {
    answerJson(status, body);
    await signIn(app, ADA, PASSWORD).expect(200);
  });

  it('should refuse whom it refuses', async () => {
    answerJson(401, { claims: { sub: 'u-1' } });
    expectProblem(await signIn(app, ADA, PASSWORD), WRONG_CREDENTIALS);
  });
});
