import { createHmac, hkdfSync } from 'node:crypto';
import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { NestFastifyApplication } from '@nestjs/platform-fastify';
import request from 'supertest';
import { SECRET, startApp } from './app.js';
import { captureLog } from './captured-log.js';
import { MountedVolume } from './mounted-volume.js';
import { expectProblem, WRONG_CREDENTIALS } from './problems.js';
import { hasMetric, signIn } from './sign-in.js';
import { userLine } from './user-lines.js';

const ADA = 'ada@example.com';
const PASSWORD = 'correct horse';

let volume: MountedVolume;
let app: NestFastifyApplication;

async function start(variables: object = {}): Promise<void> {
  app = await startApp({ AUTH_MODE: 'users', AUTH_USERS_FILE: `${volume.path}/users`, ...variables });
}
const attempts = (lines: Record<string, unknown>[]) => lines.filter(({ msg }) => msg === 'attempt');

beforeAll(() => {
  volume = new MountedVolume({ users: userLine(ADA, PASSWORD) });
});
afterAll(() => volume.remove());
afterEach(async () => {
  await app.close();
  jest.restoreAllMocks();
});

describe('each attempt', () => {
  const line = (outcome: string, email: string) => ({
    level: 'info',
    time: expect.any(String),
    requestId: 'the-request',
    outcome,
    email,
    address: '127.0.0.1',
    msg: 'attempt',
  });
  const attempt = (email: string, password: string) =>
    signIn(app, email, password).set('X-Request-Id', 'the-request');

  it('should have a line of the log with a keyed hash of the email, and a count', async () => {
    await start({ AUTH_FAILURES_PER_EMAIL: '1' });
    const lines = captureLog(app, 'info');
    await attempt(ADA, PASSWORD).expect(200);
    await attempt(ADA, 'wrong horse').expect(401);
    await attempt(ADA, PASSWORD).expect(429);
    const key = Buffer.from(hkdfSync('sha256', SECRET, '', 'jwt-api audit email', 32));
    const hash = createHmac('sha256', key).update(ADA).digest('base64url').slice(0, 22);
    const outcomes = ['accepted', 'refused', 'throttled'];
    expect(attempts(lines)).toEqual(outcomes.map((outcome) => line(outcome, hash)));
    for (const outcome of outcomes) {
      expect(await hasMetric(app, `auth_attempts_total{outcome="${outcome}"} 1`)).toBe(true);
    }
    expect(JSON.stringify(lines)).not.toMatch(/ada@example|horse/);
  });

  it('should name the email in the clear where that is asked for', async () => {
    await start({ AUTH_AUDIT_EMAIL: 'clear' });
    const lines = captureLog(app, 'info');
    await attempt(ADA, PASSWORD).expect(200);
    expect(attempts(lines)).toEqual([line('accepted', ADA)]);
  });

  it('should have its line without a key too, which then has no email', async () => {
    const keys = new MountedVolume({});
    await start({ JWT_SECRET: '', JWT_KEYS_DIR: keys.path });
    const lines = captureLog(app, 'info');
    await attempt(ADA, PASSWORD).expect(503).expect('Retry-After', '1');
    const { email: _, ...rest } = line('unavailable', '');
    expect(attempts(lines)).toEqual([{ ...rest, reason: 'no key' }]);
    keys.remove();
  });

  it('should not be one where the body is wrong', async () => {
    await start();
    const lines = captureLog(app, 'info');
    await attempt('ada', PASSWORD).expect(400);
    expect(attempts(lines)).toEqual([]);
  });
});

describe('AUTH_MODE=open', () => {
  it('should say at start, in Swagger and in the log what it means, and count', async () => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockReturnValue();
    app = await startApp();
    expect(warn.mock.calls).toEqual([[expect.stringMatching(/^AUTH_MODE is open: whoever reaches this/)]]);
    const lines = captureLog(app, 'info');
    await signIn(app, 'anybody@example.com', 'x').expect(200);
    expect(attempts(lines)).toMatchObject([{ outcome: 'accepted' }]);
    expect(await meaning()).toMatch(/^Any email and password get a token: .*for demos and tests/);
  });

  it('should not be what Swagger says of the other modes', async () => {
    await start();
    expect(await meaning()).toBe('A token for a user whom the service knows, with the right password.');
    expectProblem(await signIn(app, 'nobody@example.com', 'x'), WRONG_CREDENTIALS);
  });

  const meaning = async (): Promise<string> => {
    const { body } = await request(app.getHttpServer()).get('/openapi.json');
    return body.paths['/auth'].post.description;
  };
});
