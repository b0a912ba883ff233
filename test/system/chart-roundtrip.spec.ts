import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { describeWith } from '../requirements.js';
import { container, render } from './chart.js';

const TOKEN = 'header.payload.signature';

/** Plays the service; a test says what it does wrong. */
type Answer = (request: IncomingMessage) => { status: number; body?: object } | undefined;

const right: Answer = ({ url, headers }) => {
  if (url === '/auth') {
    return { status: 200, body: { token: TOKEN } };
  }
  return headers.authorization === `Bearer ${TOKEN}`
    ? { status: 200, body: { email: 'helm-test@example.com' } }
    : { status: 401, body: {} };
};

/** Runs the pod's own arguments against such a service. */
async function roundtrip(answer: Answer, AUTH_MODE = 'open') {
  const server = createServer((request, response) => {
    const { status, body } = answer(request) ?? right(request) ?? { status: 500 };
    response.writeHead(status).end(JSON.stringify(body));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const API = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const node = spawn(process.execPath, container(render(), 'Pod').args, { env: { API, AUTH_MODE } });
  const [output, [code]] = await Promise.all([text(node.stdout), once(node, 'close')]);
  server.closeAllConnections();
  server.close();
  return { output, code };
}

describeWith(['helm'], 'what `helm test` runs', () => {
  it('should pass and say what it saw', async () => {
    const { output, code } = await roundtrip(right);
    expect(output).toMatch(/^(ok: .* is .*\n){4}$/);
    expect(code).toBe(0);
  });

  it.each<[string, Answer, RegExp]>([
    [
      'gives no token',
      ({ url }) => (url === '/auth' ? { status: 503 } : undefined),
      /POST \/auth: expected 200, got 503/,
    ],
    [
      'refuses its own token',
      ({ url }) => (url === '/contents' ? { status: 401 } : undefined),
      /GET \/contents: expected 200, got 401/,
    ],
    [
      'mixes up the tokens',
      ({ url }) => (url === '/contents' ? { status: 200, body: { email: 'b@example.com' } } : undefined),
      /expected helm-test@example\.com, got b@example\.com/,
    ],
    [
      'believes a forged token',
      ({ url }) =>
        url === '/contents' ? { status: 200, body: { email: 'helm-test@example.com' } } : undefined,
      /forged token: expected 401, got 200/,
    ],
    ['answers with no JSON', ({ url }) => (url === '/auth' ? { status: 200 } : undefined), /failed: /],
  ])('should fail where the service %s', async (_fault, answer, message) => {
    const { output, code } = await roundtrip(answer);
    expect(output).toMatch(message);
    expect(code).toBe(1);
  });

  const refusing: Answer = ({ url }) => (url === '/auth' ? { status: 401 } : undefined);

  it.each(['users', 'webhook'])('should see with mode %s that nobody is refused a token', async (mode) => {
    const { output, code } = await roundtrip(refusing, mode);
    expect(output).toMatch(/^ok: the status of POST \/auth for nobody is 401\nok: .*forged token is 401\n$/);
    expect(code).toBe(0);
  });

  it.each([
    ['gives a token to anybody', 'users', () => undefined, /for nobody: expected 401, got 200/],
    [
      'has no webhook to ask',
      'webhook',
      ({ url }) => (url === '/auth' ? { status: 503 } : undefined),
      /for nobody: expected 401, got 503/,
    ],
  ] satisfies [string, string, Answer, RegExp][])(
    'should fail where the service %s, with mode %s',
    async (_fault, mode, answer, message) => {
      const { output, code } = await roundtrip(answer, mode);
      expect(output).toMatch(message);
      expect(code).toBe(1);
    },
  );

  it('should give up on a service that cannot be reached', async () => {
    const { output, code } = await roundtrip(({ socket }) => {
      socket.destroy();
      return undefined;
    });
    expect(output).toMatch(/^failed: http:\S+ cannot be reached: /);
    expect(code).toBe(1);
  });
});
