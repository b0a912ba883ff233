import { NestFastifyApplication } from '@nestjs/platform-fastify';
import request from 'supertest';
import { ReadinessService } from '../src/health/readiness.service.js';
import { startApp } from './app.js';
import { badRequest, expectProblem, TOO_LARGE, UNAVAILABLE, UNSUPPORTED } from './problems.js';

const JSON_TYPE = 'application/json; charset=utf-8';
const ALIVE = { status: 'ok', info: {}, error: {}, details: {} };
const UP = { service: { status: 'up' }, keys: { status: 'up' }, auth: { status: 'up' } };
const READY = { ...ALIVE, info: UP, details: UP };

let app: NestFastifyApplication;

const server = () => app.getHttpServer();

beforeEach(async () => {
  app = await startApp();
});
afterEach(() => app.close());

describe('/', () => {
  it.each(['get', 'post'] as const)('should say that it is healthy: %s', async (method) => {
    const answer = await request(server())[method]('/').expect(200);
    expect([answer.headers['content-type'], answer.text]).toEqual([JSON_TYPE, '"Healthy"']);
  });

  it('should take JSON and nothing else', async () => {
    const post = () => request(server()).post('/');
    await post().send({ any: 'thing' }).expect(200, '"Healthy"');
    expectProblem(await post().type('json').send('{'), badRequest(['#', 'is not JSON in UTF-8']));
    expectProblem(await post().type('text').send('x'), UNSUPPORTED);
    expectProblem(await post().send({ any: 'x'.repeat(16_384) }), TOO_LARGE);
  });
});

describe('the probes', () => {
  it.each([
    ['/healthz', ALIVE],
    ['/readyz', READY],
  ])('should be good while it runs: %s', async (path, body) => {
    const answer = await request(server()).get(path).expect(200);
    expect([answer.headers['content-type'], answer.body]).toEqual([JSON_TYPE, body]);
  });

  it('should say that it is alive but not ready while it stops', async () => {
    app.get(ReadinessService).stop();
    const answer = await request(server()).get('/readyz');
    expectProblem(answer, UNAVAILABLE);
    expect(answer.headers['retry-after']).toBe('1');
    const { body } = await request(server()).get('/healthz').expect(200);
    expect(body).toEqual(ALIVE);
  });

  it('should still let requests be answered while it stops, and close their connections', async () => {
    const running = await request(server()).get('/').set('Connection', 'keep-alive');
    app.get(ReadinessService).stop();
    const stopping = await request(server())
      .get('/')
      .set('Connection', 'keep-alive')
      .expect(200, '"Healthy"');
    expect([running, stopping].map(({ headers }) => headers.connection)).toEqual(['keep-alive', 'close']);
  });

  it.each(['/', '/healthz', '/readyz'])('should answer HEAD without a body: %s', async (path) => {
    const answer = await request(server()).head(path).expect(200);
    expect([answer.headers['content-type'], answer.text]).toEqual([JSON_TYPE, undefined]);
  });
});
