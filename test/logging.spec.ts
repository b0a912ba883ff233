import type { AddressInfo } from 'node:net';
import { jest } from '@jest/globals';
import { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Level } from 'pino';
import request from 'supertest';
import { ReadinessService } from '../src/health/readiness.service.js';
import { SECRET, startApp } from './app.js';
import { captureLog } from './captured-log.js';
import { Connection } from './connection.js';
import { hasMetric } from './sign-in.js';
import { until } from './until.js';

const { AuthService } = await import('../src/auth/auth.service.js');

const ID = 'Root=1-67891233-abcdef012345678912345678';
const PASSWORD = 'correct-horse-battery';
const EMAIL = 'ada.in.person@example.com';

let app: NestFastifyApplication;

const line = (level: Level, route: string, status: number, method = 'GET') => ({
  level,
  time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
  requestId: ID,
  method,
  route,
  status,
  durationMs: expect.any(Number),
  msg: 'request',
});
const call = (path: string, method: 'get' | 'head' | 'post' | 'delete' = 'get') =>
  request(app.getHttpServer())[method](path).set('X-Request-Id', ID);

beforeEach(async () => {
  app = await startApp();
});
afterEach(() => app.close());

describe('the log', () => {
  it.each([
    ['GET', '/', '/', 200],
    ['HEAD', '/docs', '/docs', 200],
    ['POST', '/auth', '/auth', 400],
    ['GET', '/contents?access_token=abc', '/contents', 401],
    ['DELETE', '/auth', 'unknown', 405],
    ['GET', `/${EMAIL}`, 'unknown', 404],
  ] as const)('should have one line for %s %s', async (method, path, route, status) => {
    const lines = captureLog(app, 'info');
    await call(path, method.toLowerCase() as Lowercase<typeof method>).expect(status);
    expect(lines).toEqual([line('info', route, status, method)]);
  });

  it('should have one line for a caller that goes before the whole of the body', async () => {
    const lines = captureLog(app, 'info');
    const { port } = app.getHttpServer().address() as AddressInfo;
    const caller = await Connection.open(port);
    await caller.beginRequest();
    caller.hangUp();
    await until('the line', () => lines.length > 0);
    expect(lines).toEqual([{ ...line('info', '/auth', 499, 'POST'), requestId: expect.any(String) }]);
  });

  it('should have one line for a caller that goes before the answer', async () => {
    const answer = Promise.withResolvers<string>();
    const issue = jest.spyOn(app.get(AuthService), 'issueToken').mockReturnValue(answer.promise);
    const lines = captureLog(app, 'info');
    const caller = call('/auth', 'post').send({ email: EMAIL, password: PASSWORD });
    caller.end(() => undefined);
    await until('the request', () => issue.mock.calls.length > 0);
    caller.abort();
    await until('the line', () => lines.length > 0);
    answer.resolve('too late');
    await call('/').expect(200);
    expect(lines).toEqual([line('info', '/auth', 499, 'POST'), line('info', '/', 200)]);
    expect(
      await hasMetric(app, 'http_request_duration_seconds_count{route="/auth",method="POST",status="4xx"} 1'),
    ).toBe(true);
  });

  it('should have probes at DEBUG only', async () => {
    const lines = captureLog(app, 'info');
    await call('/healthz').expect(200);
    await call('/readyz').expect(200);
    expect(lines).toEqual([]);

    const everything = captureLog(app, 'debug');
    await call('/healthz').expect(200);
    app.get(ReadinessService).stop();
    await call('/readyz').expect(503);
    expect(everything).toEqual([line('debug', '/healthz', 200), line('debug', '/readyz', 503)]);
  });

  it('should say at DEBUG why a token was refused', async () => {
    const lines = captureLog(app, 'debug');
    await call('/contents').set('Authorization', 'Bearer abc').expect(401);
    expect(lines).toEqual([
      expect.objectContaining({ level: 'debug', requestId: ID, reason: 'malformed', msg: 'token refused' }),
      line('info', '/contents', 401),
    ]);
  });

  it('should have no secret, password, email or token, at any level', async () => {
    const lines = captureLog(app, 'trace');
    const { body } = await call('/auth', 'post').send({ email: EMAIL, password: PASSWORD }).expect(200);
    await call('/auth', 'post')
      .send({ email: EMAIL, password: PASSWORD, [PASSWORD]: SECRET })
      .expect(400);
    await call('/auth', 'post').type('json').send(`{"email":"${EMAIL}","password":"${PASSWORD}`).expect(400);
    await call('/auth', 'post').type('text').send(`${EMAIL}:${PASSWORD}`).expect(415);
    await call('/contents').set('Authorization', `Bearer ${body.token}`).expect(200);
    await call('/contents').set('Authorization', `Bearer ${body.token}x`).expect(401);
    await call(`/contents/${body.token}?password=${PASSWORD}`).expect(404);

    expect(lines.filter(({ msg }) => msg === 'request')).toHaveLength(7);
    const log = JSON.stringify(lines);
    for (const text of [SECRET, PASSWORD, EMAIL, ...body.token.split('.')]) {
      expect(log).not.toContain(text);
    }
  });
});
