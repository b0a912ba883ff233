import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { NestFastifyApplication } from '@nestjs/platform-fastify';
import request from 'supertest';
import { PasswordHasher } from '../src/users/password-hasher.js';
import { startApp } from './app.js';
import { MountedVolume } from './mounted-volume.js';
import { expectProblem, UNAVAILABLE, WRONG_CREDENTIALS } from './problems.js';
import { hasMetric, signIn } from './sign-in.js';
import { decode } from './token.js';
import { until } from './until.js';
import { CHEAP, GOOD_COST, userLine } from './user-lines.js';

const ADA = 'ada@example.com';
const EVE = 'eve@example.com';
const PASSWORD = 'correct horse';
const file = (...lines: string[]) => ({ users: `${lines.join('\n')}\n` });

let volume: MountedVolume;
let app: NestFastifyApplication;

async function start(files: Record<string, string>): Promise<void> {
  volume = new MountedVolume(files);
  app = await startApp({ AUTH_MODE: 'users', AUTH_USERS_FILE: `${volume.path}/users` });
}

afterEach(async () => {
  await app.close();
  volume.remove();
  jest.restoreAllMocks();
});

describe('AUTH_MODE=users', () => {
  it('should give a token to a user with the right password', async () => {
    await start(file('# the team', '', userLine(ADA, PASSWORD, GOOD_COST)));
    const { body } = await signIn(app, ADA, PASSWORD).expect(200);
    expect(decode(body.token)[1]).toMatchObject({ email: ADA });
  });

  it.each([
    ['a wrong password', ADA, 'wrong horse'],
    ['an unknown email', EVE, PASSWORD],
    ['a user in other letters', 'Ada@example.com', PASSWORD],
  ])('should refuse %s, always with the same words', async (_what, email, password) => {
    await start(file(userLine(ADA, PASSWORD)));
    const answer = await signIn(app, email, password);
    expectProblem(answer, WRONG_CREDENTIALS);
    const { date, 'x-request-id': id, ...headers } = answer.headers;
    expect([date, id]).toEqual([expect.any(String), expect.any(String)]);
    expect(headers).toMatchObject({ 'www-authenticate': 'Bearer', 'cache-control': 'no-store' });
  });

  it('should answer an unknown email and a wrong password alike, header by header', async () => {
    await start(file(userLine(ADA, PASSWORD)));
    const [wrong, unknown] = [await signIn(app, ADA, 'x'), await signIn(app, EVE, 'x')].map(
      ({ status, text, headers }) => ({
        status,
        text,
        headers: { ...headers, date: '', 'x-request-id': '' },
      }),
    );
    expect(unknown).toEqual(wrong);
  });

  it('should do the same work for an unknown email, a wrong password and a right one', async () => {
    await start(file(userLine(ADA, PASSWORD, GOOD_COST)));
    const hashing = jest.spyOn(app.get(PasswordHasher, { strict: false }), 'isPassword');
    for (const [email, password] of [
      [ADA, PASSWORD],
      [ADA, 'x'],
      [EVE, 'x'],
    ] as const) {
      hashing.mockClear();
      await signIn(app, email, password);
      expect(hashing.mock.calls).toEqual([[password, expect.objectContaining(GOOD_COST)]]);
      const [, { salt, tag }] = hashing.mock.calls[0] as Parameters<PasswordHasher['isPassword']>;
      expect([salt.length, tag.length]).toEqual([16, 32]);
    }
  });

  it('should do the work of a recommended hash where there is no user at all', async () => {
    await start(file('# nobody yet'));
    const hashing = jest.spyOn(app.get(PasswordHasher, { strict: false }), 'isPassword');
    expectProblem(await signIn(app, EVE, 'x'), WRONG_CREDENTIALS);
    expect(hashing.mock.calls).toEqual([['x', expect.objectContaining(GOOD_COST)]]);
  });

  it("should not let in an unknown email with some user's password", async () => {
    await start(file(userLine(ADA, PASSWORD)));
    expectProblem(await signIn(app, EVE, PASSWORD), WRONG_CREDENTIALS);
  });

  it('should take a hash with weaker parameters, and report its line', async () => {
    await start(file(userLine(EVE, PASSWORD, GOOD_COST), userLine(ADA, PASSWORD)));
    await signIn(app, ADA, PASSWORD).expect(200);
    expect(await hasMetric(app, 'auth_users_weak 1')).toBe(true);
    expect(await hasMetric(app, 'auth_users 2')).toBe(true);
    const warn = jest.spyOn(Logger.prototype, 'warn').mockReturnValue();
    volume.swap(file('#', userLine(EVE, PASSWORD, GOOD_COST), userLine(ADA, PASSWORD, CHEAP)));
    await until('the report', () => warn.mock.calls.length > 0);
    expect(warn.mock.calls).toEqual([
      ['Users with hashes weaker than is recommended, by line: 3. Set their passwords anew.'],
    ]);
  });

  it('should follow its file: who is added gets in, who is removed does not', async () => {
    await start(file(userLine(ADA, PASSWORD)));
    await signIn(app, EVE, PASSWORD).expect(401);
    volume.swap(file(userLine(ADA, PASSWORD), userLine(EVE, PASSWORD)));
    await until('Eve', () => hasMetric(app, 'auth_users 2'));
    await signIn(app, EVE, PASSWORD).expect(200);
    volume.swap(file(userLine(EVE, PASSWORD)));
    await until('Ada to go', () => hasMetric(app, 'auth_users 1'));
    expectProblem(await signIn(app, ADA, PASSWORD), WRONG_CREDENTIALS);
  });

  it('should keep the users it has while the file is at fault, and name the line', async () => {
    await start(file(userLine(ADA, PASSWORD)));
    const error = jest.spyOn(Logger.prototype, 'error').mockReturnValue();
    volume.swap(file(userLine(ADA, PASSWORD), 'eve@example.com:secret'));
    await until('the fault', () => hasMetric(app, 'auth_users_stale 1'));
    expect(error.mock.calls).toEqual([
      [
        'Users refused: line 2 has no argon2id hash in PHC form ($argon2id$v=19$m=…,t=…,p=…$salt$hash). Those before them stay.',
      ],
    ]);
    await signIn(app, ADA, PASSWORD).expect(200);
    volume.swap(file(userLine(EVE, PASSWORD)));
    await until('the mended file', () => hasMetric(app, 'auth_users_stale 0'));
    await signIn(app, EVE, PASSWORD).expect(200);
    await signIn(app, ADA, PASSWORD).expect(401);
  });

  it('should say 503, and be unready, until the file has been good once', async () => {
    await start(file('nonsense'));
    const answer = await signIn(app, ADA, PASSWORD);
    expectProblem(answer, UNAVAILABLE);
    expect(answer.headers['retry-after']).toBe('1');
    const ready = () => request(app.getHttpServer()).get('/readyz');
    expectProblem(await ready(), UNAVAILABLE);
    volume.swap(file(userLine(ADA, PASSWORD)));
    await until('the users', async () => (await signIn(app, ADA, PASSWORD)).status === 200);
    await ready().expect(200);
    volume.swap(file('nonsense'));
    await until('the fault', () => hasMetric(app, 'auth_users_stale 1'));
    await ready().expect(200);
  });
});
