import { NestFastifyApplication } from '@nestjs/platform-fastify';
import request from 'supertest';
import { startApp } from './app.js';
import { expectProblem, UNAUTHORIZED } from './problems.js';
import { craft, decode } from './token.js';

const CREDENTIALS = { email: 'Ada@Example.com', password: 'correct horse' };

let app: NestFastifyApplication;
let token: string;

const get = () => request(app.getHttpServer()).get('/contents');

beforeAll(async () => {
  app = await startApp();
  const { body } = await request(app.getHttpServer()).post('/auth').send(CREDENTIALS);
  token = body.token;
});
afterAll(() => app.close());

describe('GET /contents', () => {
  it('should read an issued token back', async () => {
    const answer = await get().set('Authorization', `Bearer ${token}`).expect(200);
    const { exp, nbf } = decode(token)[1] as { exp: number; nbf: number };
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(answer.body).toEqual({ email: CREDENTIALS.email, exp, nbf });
  });

  it('should leave out what the token says besides', async () => {
    const exp = Math.floor(Date.now() / 1_000) + 60;
    const other = craft({ email: 'ada@example.com', exp, iat: 1, role: 'admin' });
    const { body } = await get().set('Authorization', `Bearer ${other}`).expect(200);
    expect(body).toEqual({ email: 'ada@example.com', exp });
  });

  it('should answer HEAD with the same headers and no body', async () => {
    const full = await get().set('Authorization', `Bearer ${token}`);
    const head = await request(app.getHttpServer()).head('/contents').set('Authorization', `Bearer ${token}`);
    expect([head.status, head.text]).toEqual([200, undefined]);
    expect(head.headers['content-length']).toBe(full.headers['content-length']);
    expect(head.headers['content-type']).toBe(full.headers['content-type']);
  });

  it.each(['bearer', 'BEARER', 'Bearer  '])('should know the scheme as %j', async (scheme) => {
    await get().set('Authorization', `${scheme} ${token}`).expect(200);
  });

  it('should refuse a request without Authorization, and name no error', async () => {
    const answer = await get();
    expectProblem(answer, UNAUTHORIZED);
    expect(answer.headers['www-authenticate']).toBe('Bearer');
  });

  it.each<[string, (token: string) => string | string[]]>([
    ['an empty field', () => ''],
    ['the scheme alone', () => 'Bearer'],
    ['the scheme and a space', () => 'Bearer '],
    ['the token alone', (good) => good],
    ['another scheme', () => `Basic ${Buffer.from('ada:secret').toString('base64')}`],
    ['the token under another scheme', (good) => `JWT ${good}`],
    ['a scheme that begins alike', (good) => `BearerX ${good}`],
    ['no space before the token', (good) => `Bearer${good}`],
    ['a tab before the token', (good) => `Bearer\t${good}`],
    ['two tokens', (good) => `Bearer ${good} ${good}`],
    ['two tokens with a comma', (good) => `Bearer ${good}, Bearer ${good}`],
    ['a token in quotes', (good) => `Bearer "${good}"`],
    ['a character no token has', (good) => `Bearer ${good}!`],
    ['two fields', (good) => [`Bearer ${good}`, `Bearer ${good}`]],
    ['two fields of two schemes', (good) => [`Bearer ${good}`, 'Basic YTpi']],
  ])('should refuse %s', async (_what, authorization) => {
    // Node.js sends a list as fields of the same name; superagent's types do not know it.
    const answer = await get().set('Authorization', authorization(token) as string);
    expectProblem(answer, UNAUTHORIZED);
    expect(answer.headers['www-authenticate']).toBe('Bearer error="invalid_token"');
  });

  it('should not take a token from the query or a cookie', async () => {
    const answer = await get().query({ access_token: token }).set('Cookie', `access_token=${token}`);
    expectProblem(answer, UNAUTHORIZED);
    expect(answer.headers['www-authenticate']).toBe('Bearer');
  });
});
