import { createHmac, hkdfSync } from 'node:crypto';
import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { NestFastifyApplication } from '@nestjs/platform-fastify';
import request from 'supertest';
import { SECRET, startApp } from './app.js';
import { captureLog } from './captured-log.js';
import { MountedVolume } from './mounted-volume.js';
import { expectProblem, TOO_MANY, WRONG_CREDENTIALS } from './problems.js';
import { hasMetric, signIn } from './sign-in.js';
import { userLine } from './user-lines.js';

const ADA = 'ada@example.com';
const EVE = 'eve@example.com';
const PASSWORD = 'correct horse';
const START = 1_800_000_000_000;

let volume: MountedVolume;
let app: NestFastifyApplication;
let clock: jest.SpiedFunction<() => number>;

async function start(variables: object = {}): Promise<void> {
  app = await startApp({ AUTH_MODE: 'users', AUTH_USERS_FILE: `${volume.path}/users`, ...variables });
}
const from = (address: string, email: string, password: string) =>
  signIn(app, email, password).set('X-Forwarded-For', address);
const attempts = (lines: Record<string, unknown>[]) => lines.filter(({ msg }) => msg === 'attempt');
const statuses = async (count: number, send: (index: number) => ReturnType<typeof signIn>) => {
  const all: number[] = [];
  for (let index = 0; index < count; index += 1) {
    all.push((await send(index)).status);
  }
  return all;
};

beforeAll(() => {
  volume = new MountedVolume({ users: `${userLine(ADA, PASSWORD)}\n${userLine(EVE, PASSWORD)}\n` });
});
afterAll(() => volume.remove());
beforeEach(() => {
  clock = jest.spyOn(Date, 'now').mockReturnValue(START);
});
afterEach(async () => {
  await app.close();
  jest.restoreAllMocks();
});

describe('failed attempts', () => {
  it('should shut an email out for a minute, its right password and an unknown email too', async () => {
    await start();
    for (const email of [ADA, 'nobody@example.com']) {
      expect(await statuses(6, () => signIn(app, email, 'x'))).toEqual([401, 401, 401, 401, 401, 429]);
    }
    const answer = await signIn(app, ADA, PASSWORD);
    expectProblem(answer, TOO_MANY);
    expect(answer.headers['retry-after']).toBe('60');
    await signIn(app, EVE, PASSWORD).expect(200);

    clock.mockReturnValue(START + 59_001);
    await signIn(app, ADA, PASSWORD).expect(429).expect('Retry-After', '1');
    clock.mockReturnValue(START + 60_000);
    await signIn(app, ADA, PASSWORD).expect(200);
  });

  it('should be forgotten after a minute', async () => {
    await start();
    expect(await statuses(4, () => signIn(app, ADA, 'x'))).toEqual([401, 401, 401, 401]);
    clock.mockReturnValue(START + 60_000);
    expect(await statuses(5, () => signIn(app, ADA, 'x'))).toEqual([401, 401, 401, 401, 401]);
    await signIn(app, ADA, PASSWORD).expect(429);
  });

  it('should shut an address out, whatever emails it tries', async () => {
    await start({ AUTH_FAILURES_PER_ADDRESS: '3' });
    expect(await statuses(4, (index) => signIn(app, `user${index}@example.com`, 'x'))).toEqual([
      401, 401, 401, 429,
    ]);
    await signIn(app, ADA, PASSWORD).expect(429);
  });

  it('should answer no more guesses sent at the same time than sent one by one', async () => {
    await start();
    const guesses = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', PASSWORD];
    const answers = await Promise.all(guesses.map((password) => signIn(app, ADA, password)));
    const answered = answers.map(({ status }) => status);
    expect(answered.filter((status) => status === 401)).toHaveLength(5);
    expect(answered.filter((status) => status === 429).length).toBeGreaterThanOrEqual(5);
  });

  it('should not be counted where all succeed, however many they are', async () => {
    await start({ AUTH_FAILURES_PER_ADDRESS: '1', AUTH_FAILURES_PER_EMAIL: '1' });
    expect(new Set(await statuses(60, () => signIn(app, ADA, PASSWORD)))).toEqual(new Set([200]));
  });

  it('should not be told apart by an address that nobody has vouched for', async () => {
    await start({ AUTH_FAILURES_PER_ADDRESS: '2' });
    expect(await statuses(3, (index) => from(`192.0.2.${index}`, `user${index}@example.com`, 'x'))).toEqual([
      401, 401, 429,
    ]);
  });

  it('should count for the address that a named proxy forwards', async () => {
    await start({ AUTH_FAILURES_PER_ADDRESS: '1', AUTH_TRUSTED_PROXIES: '127.0.0.0/8, ::1' });
    // The left one is the client's own invention, the right one what the proxy has seen.
    await from('198.51.100.9, 192.0.2.1', 'a@example.com', 'x').expect(401);
    await from('198.51.100.8, 192.0.2.1', 'b@example.com', 'x').expect(429);
    await from('192.0.2.2', 'c@example.com', 'x').expect(401);
  });

  it('should count for the proxy itself where it hands on what is no address', async () => {
    await start({ AUTH_FAILURES_PER_ADDRESS: '1', AUTH_TRUSTED_PROXIES: '127.0.0.1' });
    await from('x'.repeat(1_000), 'a@example.com', 'x').expect(401);
    await from('y', 'b@example.com', 'x').expect(429);
  });

  it('should count for an IPv6 network of 64 bits, which a single host may have', async () => {
    await start({ AUTH_FAILURES_PER_ADDRESS: '1', AUTH_TRUSTED_PROXIES: '127.0.0.1' });
    await from('2001:db8::1', 'a@example.com', 'x').expect(401);
    await from('2001:db8:0:0:ffff::2', 'b@example.com', 'x').expect(429);
    await from('2001:db8:0:1::1', 'c@example.com', 'x').expect(401);
  });
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
