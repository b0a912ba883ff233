import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Namespace } from './cluster.js';
import { type Answers, underLoad } from './load.js';

const STALL = 700;

/** A token as far as the load reads it. */
function token(email: string): string {
  const claims = { email, exp: Math.floor(Date.now() / 1_000) + 3_600 };
  return `header.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.signature`;
}

const claimsOf = (request: IncomingMessage) =>
  JSON.parse(Buffer.from(`${request.headers.authorization?.split('.')[1]}`, 'base64url').toString());

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.url === '/contents') {
    response.end(JSON.stringify({ email: claimsOf(request).email }));
    return;
  }
  const chunks = await request.toArray();
  response.end(JSON.stringify({ token: token(JSON.parse(Buffer.concat(chunks).toString()).email) }));
}

/** Plays the service under the load. A fault takes every tenth request of a path, and answers it itself. */
async function loaded(path: string, fault: (response: ServerResponse) => void) {
  const seen: Record<string, number> = { '/auth': 0, '/contents': 0 };
  let spoilt = 0;
  let stalledUntil = 0;
  const server = createServer(async (request, response) => {
    const url = `${request.url}`;
    const number = (seen[url] ?? 0) + 1;
    seen[url] = number;
    await sleep(Math.max(0, stalledUntil - Date.now()));
    if (url === path && number % 10 === 0) {
      spoilt += 1;
      fault(response);
    } else {
      await answer(request, response);
    }
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  let answers: Answers;
  try {
    answers = await underLoad({ address: async () => url } as Namespace, path, async () => {
      stalledUntil = Date.now() + STALL;
    });
  } finally {
    server.closeAllConnections();
    server.close();
  }
  return { answers, seen, spoilt };
}

describe("the tests' load", () => {
  it('should count what the server counts, and see a stall', async () => {
    const { answers, seen } = await loaded('/none', () => undefined);
    expect(answers.faults).toEqual([]);
    // The first token is asked for before the count begins.
    expect(answers.count('/auth')).toBe(Number(seen['/auth']) - 1);
    expect(answers.count('/contents')).toBe(seen['/contents']);
    expect(answers.count('/contents')).toBeGreaterThan(50);
    const [, failed, refused, slowest] = /(\d+) failed, (\d+) of .* (\d+) ms$/.exec(`${answers}`) ?? [];
    expect([failed, refused]).toEqual(['0', '0']);
    // On a schedule that does not wait, some requests leave when the stall begins.
    expect(Number(slowest)).toBeGreaterThan(STALL / 2);
  });

  it.each<[string, string, (response: ServerResponse) => void, RegExp, boolean]>([
    [
      'a valid token refused',
      '/contents',
      (response) => response.writeHead(401).end('{}'),
      /status 401/,
      true,
    ],
    ['a refused sign-in', '/auth', (response) => response.writeHead(401).end('{}'), /status 401/, false],
    [
      'a connection cut off',
      '/contents',
      (response) => response.destroy(),
      /socket hang up|ECONNRESET/,
      false,
    ],
    [
      'the contents of another token',
      '/contents',
      (response) => response.end('{"email":"a@example.com"}'),
      /another token/,
      false,
    ],
  ])('should tell %s', async (_what, path, fault, said, isRefusal) => {
    const { answers, spoilt } = await loaded(path, fault);
    expect(spoilt).toBeGreaterThan(0);
    expect(`${answers}`).toContain(
      ` ${spoilt} failed, ${isRefusal ? spoilt : 0} of them a valid token refused`,
    );
    expect(answers.faults[0]).toMatch(said);
  });
});
