import { jest } from '@jest/globals';
import { NestFastifyApplication } from '@nestjs/platform-fastify';
import request from 'supertest';
import { SECRET, startApp } from './app.js';
import { captureLog } from './captured-log.js';
import { expectProblem, INTERNAL, METHOD_NOT_ALLOWED, NOT_FOUND } from './problems.js';

const { AuthService } = await import('../src/auth/auth.service.js');

let app: NestFastifyApplication;

const server = () => app.getHttpServer();

beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

describe('a path', () => {
  it.each([
    '/nowhere',
    '/auth/',
    '/contents/',
    '/healthz/',
    '/Auth',
    '/auth.json',
    '//',
    '/metrics',
    '/.env',
    '/docs/nowhere',
  ])('should be unknown: %s', async (path) => {
    expectProblem(await request(server()).get(path), NOT_FOUND);
    expectProblem(await request(server()).post(path), NOT_FOUND);
  });

  it('should be unknown before its body is read', async () => {
    const answer = await request(server()).post('/nowhere').type('text').send('x'.repeat(100));
    expectProblem(answer, NOT_FOUND);
  });

  it.each([
    ['/', 'GET, HEAD, POST', ['put', 'patch', 'delete', 'options']],
    ['/auth', 'POST', ['get', 'put', 'patch', 'delete', 'options']],
    ['/auth?x=1', 'POST', ['get']],
    ['/contents', 'GET, HEAD', ['post', 'put', 'patch', 'delete', 'options']],
    ['/healthz', 'GET, HEAD', ['post', 'delete']],
    ['/readyz', 'GET, HEAD', ['post', 'delete']],
    ['/docs', 'GET, HEAD', ['post', 'delete']],
    ['/openapi.json', 'GET, HEAD', ['post', 'delete']],
  ] as const)('should know its methods: %s has %s', async (path, allow, others) => {
    for (const method of others) {
      const answer = await request(server())[method](path);
      expectProblem(answer, METHOD_NOT_ALLOWED);
      expect(answer.headers.allow).toBe(allow);
    }
  });

  it('should know its methods by HEAD too', async () => {
    const answer = await request(server()).head('/auth').expect(405);
    expect([answer.text, answer.headers.allow]).toEqual([undefined, 'POST']);
  });
});

describe('a 500', () => {
  const send = () => request(server()).post('/auth').send({ email: 'ada@example.com', password: 'x' });

  afterEach(() => jest.restoreAllMocks());

  it('should say nothing, and be in the log under the same X-Request-Id', async () => {
    jest.spyOn(app.get(AuthService), 'issueToken').mockImplementation(() => {
      throw new Error(`cannot read ${SECRET}`);
    });
    const lines = captureLog(app, 'info');
    const answer = await send();
    expectProblem(answer, INTERNAL);
    expect(JSON.stringify(answer.headers)).not.toContain(SECRET);
    const requestId = answer.headers['x-request-id'];
    expect(lines).toEqual([
      expect.objectContaining({
        level: 'error',
        requestId,
        err: expect.objectContaining({
          message: `cannot read ${SECRET}`,
          stack: expect.stringContaining('issueToken'),
        }),
      }),
      expect.objectContaining({ level: 'info', requestId, route: '/auth', status: 500 }),
    ]);
  });

  it.each([
    ['text', 'no error'],
    ['null', null],
    ['undefined', undefined],
    ['a good status', { statusCode: 200 }],
    ['a status that is none', { statusCode: '400' }],
  ])('should be the answer when %s is thrown', async (_what, thrown) => {
    jest.spyOn(app.get(AuthService), 'issueToken').mockImplementation(() => {
      throw thrown;
    });
    captureLog(app, 'fatal');
    expectProblem(await send(), INTERNAL);
  });
});
