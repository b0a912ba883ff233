import { NestFastifyApplication } from '@nestjs/platform-fastify';
import request from 'supertest';
import { startApp } from './app.js';

const UUID = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;

let app: NestFastifyApplication;

const server = () => app.getHttpServer();

beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

describe('every answer', () => {
  const some = [
    ['200', () => request(server()).get('/'), 200],
    ['401', () => request(server()).get('/contents'), 401],
    ['404', () => request(server()).get('/nowhere'), 404],
    ['405', () => request(server()).get('/auth'), 405],
    ['413', () => request(server()).post('/auth').type('json').send(' '.repeat(16_385)), 413],
    ['page', () => request(server()).get('/docs'), 200],
  ] as const;

  it.each(some)('should have the headers of a guarded host: %s', async (_what, send, status) => {
    const { headers } = await send().expect(status);
    expect(headers).toMatchObject({
      'content-security-policy':
        "default-src 'none';base-uri 'none';connect-src 'self';form-action 'none';frame-ancestors 'none';" +
        "img-src 'self' data:;script-src 'self';style-src 'self' 'unsafe-inline'",
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
    });
    for (const name of [
      'server',
      'x-powered-by',
      'strict-transport-security',
      'access-control-allow-origin',
    ]) {
      expect(headers).not.toHaveProperty(name);
    }
  });

  it.each(some)('should return a sane X-Request-Id: %s', async (_what, send, status) => {
    const answer = await send().set('X-Request-Id', '01J9ZK3V7Q+a/b=c@d:e;f.g_h-i').expect(status);
    expect(answer.headers['x-request-id']).toBe('01J9ZK3V7Q+a/b=c@d:e;f.g_h-i');
  });

  it.each(some)('should make an X-Request-Id where there is none: %s', async (_what, send, status) => {
    const ids = [await send().expect(status), await send().expect(status)].map(
      ({ headers }) => headers['x-request-id'],
    );
    expect(ids).toEqual([expect.stringMatching(UUID), expect.stringMatching(UUID)]);
    expect(ids[0]).not.toBe(ids[1]);
  });

  it.each(['', 'a b', 'a,b', '{"a":1}', 'a\tb', 'é', '<script>', '%0a', 'x'.repeat(129)])(
    'should not return %j as X-Request-Id',
    async (id) => {
      const { headers } = await request(server()).get('/').set('X-Request-Id', id);
      expect(headers['x-request-id']).toMatch(UUID);
    },
  );
});

describe('a caller who trickles a request', () => {
  it('should have 15 seconds for its headers and its body together', () => {
    const { headersTimeout, requestTimeout } = server();
    expect({ headersTimeout, requestTimeout }).toEqual({ headersTimeout: 15_000, requestTimeout: 15_000 });
  });
});
