import { NestFastifyApplication } from '@nestjs/platform-fastify';
import request from 'supertest';
import { startApp } from './app.js';
import { badRequest, expectProblem } from './problems.js';

const NO_EMAIL = 'has to be an email address';
const EMAIL_TOO_LONG = 'has to have 254 characters at most';
const NO_PASSWORD = 'has to be a string';
const PASSWORD_TOO_SHORT = 'has to have 1 character at least';
const PASSWORD_TOO_LONG = 'has to have 1024 characters at most';
const UNKNOWN = 'is not a known field';
const EMAIL = '"email":"ada@example.com"';
const PASSWORD = '"password":"correct horse"';
const EMAIL_255 = `a@${`${'b'.repeat(63)}.`.repeat(3)}${'e'.repeat(61)}`;

let app: NestFastifyApplication;

beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

describe('POST /auth with wrong fields', () => {
  it.each<[string, string, ...[string, string][]]>([
    ['no field', '{}', ['#/email', NO_EMAIL], ['#/password', NO_PASSWORD]],
    ['no email', `{${PASSWORD}}`, ['#/email', NO_EMAIL]],
    ['no password', `{${EMAIL}}`, ['#/password', NO_PASSWORD]],
    ['two wrong types', '{"email":{},"password":1}', ['#/email', NO_EMAIL], ['#/password', NO_PASSWORD]],
    ['null for a password', `{${EMAIL},"password":null}`, ['#/password', NO_PASSWORD]],
    [
      'two empty fields',
      '{"email":"","password":""}',
      ['#/email', NO_EMAIL],
      ['#/password', PASSWORD_TOO_SHORT],
    ],
    ['an email of 255 characters', `{"email":"${EMAIL_255}",${PASSWORD}}`, ['#/email', EMAIL_TOO_LONG]],
    [
      'a password of 1,025 letters',
      `{${EMAIL},"password":"${'x'.repeat(1_025)}"}`,
      ['#/password', PASSWORD_TOO_LONG],
    ],
    [
      'a password of 1,025 emoji',
      `{${EMAIL},"password":"${'🔑'.repeat(1_025)}"}`,
      ['#/password', PASSWORD_TOO_LONG],
    ],
    ['an unknown field', `{${EMAIL},${PASSWORD},"role":"admin"}`, ['#/role', UNKNOWN]],
    ['another case of a field', `{${EMAIL},${PASSWORD},"Email":"x"}`, ['#/Email', UNKNOWN]],
    ['an empty name', `{${EMAIL},${PASSWORD},"":1}`, ['#/', UNKNOWN]],
    ['a name with marks', `{${EMAIL},${PASSWORD},"a/b~c d":1}`, ['#/a~1b~0c%20d', UNKNOWN]],
    ['half a surrogate pair as a name', `{${EMAIL},${PASSWORD},"\\ud800":1}`, ['#/%EF%BF%BD', UNKNOWN]],
    ['__proto__', `{${EMAIL},${PASSWORD},"__proto__":{"role":"admin"}}`, ['#/__proto__', UNKNOWN]],
    ['constructor', `{${EMAIL},${PASSWORD},"constructor":{"prototype":{}}}`, ['#/constructor', UNKNOWN]],
    ['prototype', `{${EMAIL},${PASSWORD},"prototype":{}}`, ['#/prototype', UNKNOWN]],
    [
      'fields of a prototype alone',
      `{"__proto__":{${EMAIL},${PASSWORD}}}`,
      ['#/email', NO_EMAIL],
      ['#/password', NO_PASSWORD],
      ['#/__proto__', UNKNOWN],
    ],
    [
      'deep objects',
      `{${EMAIL},${PASSWORD},"a":${'{"a":'.repeat(2_700)}1${'}'.repeat(2_700)}}`,
      ['#/a', UNKNOWN],
    ],
    ['two of one unknown name', `{${EMAIL},${PASSWORD},"x":1,"x":2}`, ['#/x', UNKNOWN]],
  ])('should refuse %s', async (_what, body, ...errors) => {
    const answer = await request(app.getHttpServer())
      .post('/auth')
      .set('Content-Type', 'application/json')
      .send(body);
    expectProblem(answer, badRequest(...errors));
  });

  it.each([
    'ada',
    '@example.com',
    'ada@',
    ' ada@example.com',
    'ada@example.com ',
    'ada@example.com\n',
    'ada@@example.com',
    'ada@-example.com',
    'ada@example..com',
    'ada@exämple.com',
    'ada@example.com\0',
    '"ada"@example.com',
    'Ada <ada@example.com>',
    `ada@${'b'.repeat(64)}.com`,
  ])('should refuse %j as an email', async (email) => {
    const answer = await request(app.getHttpServer()).post('/auth').send({ email, password: 'x' });
    expectProblem(answer, badRequest(['#/email', NO_EMAIL]));
  });
});
