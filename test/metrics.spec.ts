import { NestFastifyApplication } from '@nestjs/platform-fastify';
import request from 'supertest';
import { MetricsServer } from '../src/metrics/metrics.server.js';
import { SECRET, startApp } from './app.js';
import { expectProblem, NOT_FOUND } from './problems.js';

const EMAIL = 'ada.in.person@example.com';
const PASSWORD = 'correct-horse-battery';

let app: NestFastifyApplication;

const server = () => app.getHttpServer();
const metricsServer = () => request(`http://127.0.0.1:${app.get(MetricsServer).port}`);
/** The samples whose names begin so, as Prometheus would read them. */
async function scrape(name: string): Promise<string[]> {
  const { text } = await metricsServer().get('/metrics');
  return text.split('\n').filter((line) => line.startsWith(name));
}

beforeEach(async () => {
  app = await startApp();
});
afterEach(() => app.close());

describe('GET /metrics', () => {
  it('should be Prometheus text, on a port of its own', async () => {
    const answer = await metricsServer().get('/metrics?name=x').expect(200);
    expect(answer.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(answer.text).toContain('\njwt_tokens_issued_total 0\n');
    expectProblem(await request(server()).get('/metrics'), NOT_FOUND);
  });

  it('should be all that there is on its port', async () => {
    await metricsServer().head('/metrics').expect(200);
    await metricsServer().get('/').expect(404, '');
    await metricsServer().get('/metrics/').expect(404, '');
    await metricsServer().post('/metrics').send('x').expect('Allow', 'GET, HEAD').expect(405, '');
  });

  it('should count requests by route, method and class of status', async () => {
    await request(server()).get('/').expect(200);
    await request(server()).get('/?x=1').expect(200);
    await request(server()).head('/').expect(200);
    await request(server()).post('/auth').send({}).expect(400);
    await request(server()).get('/auth').expect(405);
    await request(server()).get(`/${EMAIL}`).expect(404);
    expect(await scrape('http_request_duration_seconds_count')).toEqual([
      'http_request_duration_seconds_count{route="/",method="GET",status="2xx"} 2',
      'http_request_duration_seconds_count{route="/",method="HEAD",status="2xx"} 1',
      'http_request_duration_seconds_count{route="/auth",method="POST",status="4xx"} 1',
      'http_request_duration_seconds_count{route="unknown",method="GET",status="4xx"} 2',
    ]);
  });

  it('should measure in seconds', async () => {
    const before = performance.now();
    await request(server()).get('/').expect(200);
    const elapsed = (performance.now() - before) / 1_000;
    const [sum] = await scrape('http_request_duration_seconds_sum');
    const seconds = Number(sum?.split(' ')[1]);
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThan(elapsed);
  });

  it('should count the tokens issued, and those refused by reason', async () => {
    const { body } = await request(server()).post('/auth').send({ email: EMAIL, password: PASSWORD });
    await request(server()).post('/auth').send({ email: EMAIL }).expect(400);
    await request(server()).get('/contents').auth(body.token, { type: 'bearer' }).expect(200);
    await request(server()).get('/contents').auth(`${body.token}x`, { type: 'bearer' }).expect(401);
    await request(server()).get('/contents').expect(401);
    await request(server()).get('/contents').expect(401);
    expect(await scrape('jwt_tokens_')).toEqual([
      'jwt_tokens_issued_total 1',
      'jwt_tokens_refused_total{reason="signature"} 1',
      'jwt_tokens_refused_total{reason="missing"} 2',
    ]);

    const all = (await scrape('')).join('\n');
    for (const text of [EMAIL, PASSWORD, SECRET, body.token]) {
      expect(all).not.toContain(text);
    }
  });

  it.each([
    'process_resident_memory_bytes',
    'process_cpu_seconds_total',
    'nodejs_eventloop_lag_p99_seconds',
    'nodejs_version_info{version="v',
  ])('should tell of the process: %s', async (name) => {
    expect((await scrape(name)).length).toBe(1);
  });
});
