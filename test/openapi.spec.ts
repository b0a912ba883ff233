import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Validator } from '@seriousme/openapi-schema-validator';
import request from 'supertest';
import { SECRET, startApp } from './app.js';
import { expectProblem, UNAVAILABLE } from './problems.js';

interface Operation {
  operationId: string;
  responses: Record<string, { content: Record<string, { schema: object; example?: object }> }>;
  security?: object[];
}
interface Document {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, object>; securitySchemes: Record<string, object> };
}

const CREDENTIALS = { email: 'ada@example.com', password: 'x' };
const TOO_LARGE = { ...CREDENTIALS, password: 'x'.repeat(16_384) };

let app: NestFastifyApplication;
let document: Document;

const call = (method: 'get' | 'post', path: string) => request(app.getHttpServer())[method](path);
const operations = () =>
  Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ name: `${method} ${path}`, ...operation })),
  );

beforeAll(async () => {
  app = await startApp();
  document = (await call('get', '/openapi.json')).body;
});
afterAll(() => app.close());

describe('GET /openapi.json', () => {
  it('should be valid OpenAPI 3.1', async () => {
    expect(document.openapi).toBe('3.1.0');
    expect(await new Validator().validate({ ...document })).toEqual({ valid: true });
  });

  it('should be JSON without a secret', async () => {
    const answer = await call('get', '/openapi.json').expect(200);
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(answer.text).not.toContain(SECRET);
    expect(answer.text).not.toContain('JWT_');
  });

  it('should describe each answer of each route, errors as problems', () => {
    const statuses = operations().map(({ name, responses }) => [name, Object.keys(responses).join(' ')]);
    expect(Object.fromEntries(statuses)).toEqual({
      'get /': '200',
      'post /': '200 400 413 415',
      'post /auth': '200 400 401 413 415 429 503',
      'get /contents': '200 401 503',
      'get /healthz': '200',
      'get /readyz': '200 503',
      'get /.well-known/jwks.json': '200 304 503',
      'get /.well-known/openid-configuration': '200 304 404 503',
    });
    const errors = operations()
      .flatMap(({ responses }) => Object.entries(responses))
      .filter(([status]) => Number(status) >= 400);
    for (const [status, { content }] of errors) {
      expect(content).toEqual({
        'application/problem+json': {
          schema: { $ref: '#/components/schemas/Problem' },
          example: expect.objectContaining({ status: Number(status) }),
        },
      });
    }
  });

  it('should ask for a token where the service does, and name each operation once', () => {
    const secured = operations().filter(({ security }) => security !== undefined);
    expect(secured.map(({ name, security }) => [name, security])).toEqual([
      ['get /contents', [{ bearer: [] }]],
    ]);
    expect(document.components.securitySchemes).toEqual({
      bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
    });
    expect(new Set(operations().map(({ operationId }) => operationId)).size).toBe(operations().length);
  });

  it('should say what credentials have to be', () => {
    expect(document.components.schemas.Credentials).toMatchObject({
      type: 'object',
      additionalProperties: false,
      required: ['email', 'password'],
      properties: {
        email: { type: 'string', pattern: expect.stringContaining('@'), maxLength: 254 },
        password: { type: 'string', format: 'password', minLength: 1, maxLength: 1_024 },
      },
    });
  });
});

describe('each documented answer', () => {
  it.each([
    ['get /', 200, () => call('get', '/')],
    ['post /', 200, () => call('post', '/')],
    ['post /', 400, () => call('post', '/').type('json').send('{')],
    ['post /', 413, () => call('post', '/').send(TOO_LARGE)],
    ['post /', 415, () => call('post', '/').type('text').send('x')],
    ['post /auth', 200, () => call('post', '/auth').send(CREDENTIALS)],
    ['post /auth', 400, () => call('post', '/auth').send({ ...CREDENTIALS, email: 'ada' })],
    ['post /auth', 413, () => call('post', '/auth').send(TOO_LARGE)],
    ['post /auth', 415, () => call('post', '/auth').type('text').send('x')],
    ['get /contents', 401, () => call('get', '/contents')],
    ['get /healthz', 200, () => call('get', '/healthz')],
    ['get /readyz', 200, () => call('get', '/readyz')],
    ['get /.well-known/jwks.json', 200, () => call('get', '/.well-known/jwks.json')],
    ['get /.well-known/openid-configuration', 404, () => call('get', '/.well-known/openid-configuration')],
  ])('should be one that the service gives: %s %i', async (name, status, send) => {
    const answer = await send();
    const content =
      operations().find((operation) => operation.name === name)?.responses[status]?.content ?? {};
    expect([answer.status, answer.type]).toEqual([status, Object.keys(content)[0]]);
    const example = content['application/problem+json']?.example;
    expect(example).toEqual(status === 200 ? undefined : JSON.parse(answer.text));
  });

  it('should be one that the service gives: get /contents 200', async () => {
    const { body } = await call('post', '/auth').send(CREDENTIALS);
    await call('get', '/contents').auth(body.token, { type: 'bearer' }).expect(200);
  });

  it('should be one that the service gives: 503, without a key', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'jwt-keys-'));
    const keyless = await startApp({ JWT_SECRET: '', JWT_KEYS_DIR: folder });
    const server = request(keyless.getHttpServer());
    const answers = [
      await server.get('/readyz'),
      await server.post('/auth').send(CREDENTIALS),
      await server.get('/contents').auth('a.b.c', { type: 'bearer' }),
      await server.get('/.well-known/jwks.json'),
    ];
    await keyless.close();
    rmSync(folder, { recursive: true });
    for (const answer of answers) {
      expectProblem(answer, UNAVAILABLE);
      expect(answer.headers['retry-after']).toBe('1');
    }
  });
});

describe('GET /docs', () => {
  it('should be a page with nothing from elsewhere and no script in it', async () => {
    const { text, headers } = await call('get', '/docs').expect(200);
    expect(headers['content-type']).toBe('text/html');
    const sources = [...text.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, source]) => source);
    expect(sources.length).toBeGreaterThan(3);
    expect(sources.every((source) => source?.startsWith('./docs/'))).toBe(true);
    expect(text).not.toMatch(/<script(?![^>]* src=)/);
    for (const source of new Set(sources)) {
      await call('get', `/${source?.slice(2)}`).expect(200);
    }
  });
});
