import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { jest } from '@jest/globals';
import { NestFastifyApplication } from '@nestjs/platform-fastify';
import { PasswordHasher } from '../src/users/password-hasher.js';
import { startApp } from './app.js';
import { MountedVolume } from './mounted-volume.js';
import { craft } from './token.js';
import { until } from './until.js';
import { UserDirectory } from './user-directory.js';
import { GOOD_COST, userLine } from './user-lines.js';

jest.setTimeout(60_000);

const ADA = 'ada@example.com';
const WAVE = 150;
const TOKEN = craft({ email: ADA, exp: 9e9 });

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** What the process holds on to, in MiB. */
function held(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 2 ** 20;
}

interface Answer {
  status: number;
  retryAfter: string | null;
}

async function post(url: string, email: string): Promise<Answer> {
  const response = await fetch(`${url}/auth`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password: 'x' }),
  });
  await response.text();
  return { status: response.status, retryAfter: response.headers.get('retry-after') };
}

/** So many attempts at once, each for an email of its own: none is throttled. */
const wave = (url: string, name: string) =>
  Promise.all(Array.from({ length: WAVE }, (_, index) => post(url, `${name}${index}@example.com`)));

const count = (answers: Answer[], status: number) =>
  answers.filter((answer) => answer.status === status).length;

describe('a flood of /auth with AUTH_MODE=users', () => {
  let volume: MountedVolume;
  let app: NestFastifyApplication;
  let url: string;
  let running = 0;
  let most = 0;

  beforeAll(async () => {
    volume = new MountedVolume({ users: userLine(ADA, 'correct horse', GOOD_COST) });
    app = await startApp({
      AUTH_MODE: 'users',
      AUTH_USERS_FILE: `${volume.path}/users`,
      AUTH_FAILURES_PER_ADDRESS: '1000000',
    });
    url = await app.getUrl();
    const hasher = app.get(PasswordHasher, { strict: false });
    const hash = hasher.isPassword.bind(hasher);
    jest.spyOn(hasher, 'isPassword').mockImplementation(async (...args) => {
      running += 1;
      most = Math.max(most, running);
      return hash(...args).finally(() => (running -= 1));
    });
  });
  afterAll(async () => {
    await app.close();
    volume.remove();
    jest.restoreAllMocks();
  });

  it('should check two passwords at a time, keep sixteen waiting, and send the others away', async () => {
    const answers = await wave(url, 'a');
    expect(most).toBe(2);
    // Who comes when one of the first is done takes its place: a few more than eighteen may get in.
    expect(count(answers, 401)).toBeGreaterThanOrEqual(18);
    expect(count(answers, 401) + count(answers, 503)).toBe(WAVE);
    const away = answers.filter(({ status }) => status === 503);
    expect(away.length).toBeGreaterThan(0);
    expect(new Set(away.map(({ retryAfter }) => retryAfter))).toEqual(new Set(['1']));
  });

  it('should leave /contents quick: many are answered while one password is still being checked', async () => {
    let isOver = false;
    const flood = wave(url, 'b').then((answers) => {
      isOver = true;
      return answers;
    });
    let read = 0;
    while (!isOver) {
      const headers = { authorization: `Bearer ${TOKEN}` };
      const { status } = await fetch(`${url}/contents`, { headers });
      expect(status).toBe(200);
      read += 1;
    }
    // One after the other, as each waits for its answer: a blocked event loop would let through one a hash at most.
    expect(read).toBeGreaterThan(count(await flood, 401));
  });

  it('should leave nothing behind in memory', async () => {
    await wave(url, 'warm');
    const before = held();
    for (const name of ['c', 'd', 'e', 'f']) {
      await wave(url, name);
    }
    expect(held() - before).toBeLessThan(8);
    expect(running).toBe(0);
  });
});

describe('a flood of /auth with AUTH_MODE=webhook', () => {
  it('should ask so many at a time as it may, and send away whom it cannot keep waiting', async () => {
    const directory = await UserDirectory.start();
    const app = await startApp({
      AUTH_MODE: 'webhook',
      AUTH_WEBHOOK_URL: directory.url,
      AUTH_WEBHOOK_TOKEN: 'x',
      AUTH_CONCURRENCY: '4',
    });
    let isFull = () => {};
    const full = new Promise<void>((resolve) => (isFull = resolve));
    // It answers nobody until the whole wave is there.
    directory.answer = (response) => void full.then(() => response.writeHead(204).end());
    const url = await app.getUrl();
    const answers = wave(url, 'a');
    await until('no place to be left', async () => (await post(url, 'late@example.com')).status === 503);
    isFull();
    const all = await answers;
    expect(directory.mostAsked).toBe(4);
    expect(count(all, 200) + count(all, 503)).toBe(WAVE);
    expect(count(all, 200)).toBeGreaterThanOrEqual(8);
    await app.close();
    directory.stop();
  });
});
