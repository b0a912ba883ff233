import { gzipSync } from 'node:zlib';
import { NestFastifyApplication } from '@nestjs/platform-fastify';
import { startApp } from './app.js';
import { captureLog } from './captured-log.js';
import { expectProblem, UNAVAILABLE } from './problems.js';
import { signIn } from './sign-in.js';
import { UserDirectory } from './user-directory.js';

const ADA = 'ada@example.com';
const PASSWORD = 'correct horse';
const TOKEN = 'the-credential-of-the-tests';
const BOMB = gzipSync(Buffer.alloc(2 ** 24));

let directory: UserDirectory;
let elsewhere: UserDirectory;
let app: NestFastifyApplication;

const environment = (variables: object = {}) => ({
  AUTH_MODE: 'webhook',
  AUTH_WEBHOOK_URL: directory.url,
  AUTH_WEBHOOK_TOKEN: TOKEN,
  AUTH_WEBHOOK_TIMEOUT: '60s',
  ...variables,
});

async function expectUnavailable(asked: NestFastifyApplication, reason: string | RegExp): Promise<void> {
  const lines = captureLog(asked, 'info');
  const response = await signIn(asked, ADA, PASSWORD);
  expectProblem(response, UNAVAILABLE);
  expect(response.headers['retry-after']).toBe('1');
  expect(lines.find(({ msg }) => msg === 'attempt')).toMatchObject({
    outcome: 'unavailable',
    reason: typeof reason === 'string' ? reason : expect.stringMatching(reason),
  });
  expect(JSON.stringify(lines)).not.toMatch(new RegExp(`${PASSWORD}|${TOKEN}|${ADA}`));
}

beforeAll(async () => {
  [directory, elsewhere] = [await UserDirectory.start(), await UserDirectory.start()];
  app = await startApp(environment());
});
afterAll(async () => {
  await app.close();
  directory.stop();
  elsewhere.stop();
});

describe('a webhook that gives no answer to go by', () => {
  it.each<[string, UserDirectory['answer'], string | RegExp]>([
    ['fails', (response) => void response.writeHead(500).end(), 'status 500'],
    ['forbids', (response) => void response.writeHead(403).end(), 'status 403'],
    ['wants a proxy', (response) => void response.writeHead(407).end(), /./],
    [
      'has an answer that is small until it is unpacked',
      (response) => void response.writeHead(200, { 'content-encoding': 'gzip' }).end(BOMB),
      'an answer larger than 4096 bytes',
    ],
    [
      'has headers without end',
      (response) => void response.writeHead(200, { 'x-more': 'x'.repeat(60_000) }).end(),
      'UND_ERR_HEADERS_OVERFLOW',
    ],
    ['is busy itself', (response) => void response.writeHead(429).end(), 'status 429'],
    ['does not know the path', (response) => void response.writeHead(404).end(), 'status 404'],
    [
      'redirects',
      (response) => void response.writeHead(307, { location: elsewhere.url }).end(),
      'unexpected redirect',
    ],
    ['hangs up', (response) => void response.destroy(), 'UND_ERR_SOCKET'],
    [
      'hangs up amid its answer',
      (response) => void response.writeHead(200).write('{', () => response.destroy()),
      /UND_ERR_SOCKET|aborted/,
    ],
    [
      'speaks no HTTP',
      (response) => void response.socket?.end('220 mail ready\r\n'),
      /^(HPE_|Response does not match)/,
    ],
    [
      'has a page of some proxy for an answer',
      (response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Welcome</h1>'),
      'an answer that is not understood',
    ],
    ['says yes in a list', (response) => void response.end('[]'), 'an answer that is not understood'],
    ['says null', (response) => void response.end('null'), 'an answer that is not understood'],
    ['says true', (response) => void response.end('true'), 'an answer that is not understood'],
    [
      'has claims that are none',
      (response) => void response.end('{"claims":["sub"]}'),
      'an answer that is not understood',
    ],
    [
      'has a number for sub',
      (response) => void response.end('{"claims":{"sub":1}}'),
      'an answer that is not understood',
    ],
    [
      'has invalid UTF-8',
      (response) => void response.end(Buffer.from([0x7b, 0xff, 0x7d])),
      'an answer that is not understood',
    ],
    [
      'has too much to say',
      (response) => void response.end(JSON.stringify({ claims: { sub: 'x'.repeat(4_096) } })),
      'an answer larger than 4096 bytes',
    ],
    [
      'never stops',
      (response) => {
        const more = () => {
          while (!response.destroyed && response.write('x'.repeat(16_384)));
        };
        response.on('drain', more);
        more();
      },
      'an answer larger than 4096 bytes',
    ],
  ])('should be unavailable where it %s', async (_what, answer, reason) => {
    directory.answer = answer;
    await expectUnavailable(app, reason);
    expect(elsewhere.questions).toEqual([]);
  });

  it.each<[string, UserDirectory['answer']]>([
    ['never answers', () => undefined],
    ['stops amid its answer', (response) => void response.writeHead(200).write('{"cl')],
    [
      'trickles',
      (response) => {
        response.writeHead(200);
        const timer = setInterval(() => response.write(' '), 20);
        response.once('close', () => clearInterval(timer));
      },
    ],
  ])('should be unavailable after the timeout where it %s', async (_what, answer) => {
    directory.answer = answer;
    const hasty = await startApp(environment({ AUTH_WEBHOOK_TIMEOUT: '200ms' }));
    await expectUnavailable(hasty, 'timeout');
    await hasty.close();
  });

  it('should be unavailable where nobody listens', async () => {
    const gone = await UserDirectory.start();
    const other = await startApp(environment({ AUTH_WEBHOOK_URL: gone.url }));
    gone.stop();
    expectProblem(await signIn(other, ADA, PASSWORD), UNAVAILABLE);
    await other.close();
  });
});
