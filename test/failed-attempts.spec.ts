import { jest } from '@jest/globals';
import { NestFastifyApplication } from '@nestjs/platform-fastify';
import { startApp } from './app.js';
import { MountedVolume } from './mounted-volume.js';
import { expectProblem, TOO_MANY } from './problems.js';
import { signIn } from './sign-in.js';
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

  it('should be one limit for all spellings of an email', async () => {
    await start();
    const spellings = ['ada@', 'Ada@', 'aDa@', 'ADA@', 'adA@'].map((name) => `${name}Example.com`);
    expect(await statuses(5, (index) => signIn(app, spellings[index] ?? '', 'x'))).not.toContain(429);
    await signIn(app, ADA, PASSWORD).expect(429);
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
