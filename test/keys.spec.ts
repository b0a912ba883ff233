import { NestFastifyApplication } from '@nestjs/platform-fastify';
import request from 'supertest';
import { MetricsService } from '../src/metrics/metrics.service.js';
import { startApp } from './app.js';
import { MountedVolume } from './mounted-volume.js';
import { until } from './until.js';

const OLD = 'the old secret'.padEnd(32, '.');
const NEW = 'the new secret'.padEnd(32, '.');

describe('JWT_KEYS_DIR', () => {
  let volume: MountedVolume;
  let app: NestFastifyApplication;

  afterEach(async () => {
    await app.close();
    volume.remove();
  });

  const start = async (files: Record<string, string>) => {
    volume = new MountedVolume(files);
    app = await startApp({ JWT_KEYS_DIR: volume.path, JWT_SECRET: '' });
  };
  const server = () => request(app.getHttpServer());
  const issue = async (): Promise<string> => {
    const { body } = await server()
      .post('/auth')
      .send({ email: 'ada@example.com', password: 'any' })
      .expect(200);
    return body.token;
  };
  const kidOf = (token: string) =>
    JSON.parse(Buffer.from(token.split('.')[0] as string, 'base64url').toString()).kid;
  const read = async (token: string) =>
    (await server().get('/contents').set('Authorization', `Bearer ${token}`)).status;
  const metric = async (line: string) => {
    const text = await app.get(MetricsService).registry.metrics();
    return text.split('\n').includes(line);
  };

  it('should sign with the active key and name it in the header', async () => {
    await start({ active: 'new', new: NEW, old: OLD });

    expect(kidOf(await issue())).toBe('new');
  });

  it('should accept the tokens of every key over a whole rotation, and refuse those of a removed one', async () => {
    await start({ active: 'old', old: OLD });
    const before = await issue();

    volume.swap({ active: 'old', old: OLD, new: NEW });
    await until('the new key', () => metric('jwt_keys_accepted{kid="new",active="false"} 1'));
    expect(kidOf(await issue())).toBe('old');

    volume.swap({ active: 'new', old: OLD, new: NEW });
    await until('the new key to sign', () => metric('jwt_keys_accepted{kid="new",active="true"} 1'));
    const after = await issue();
    expect(kidOf(after)).toBe('new');
    expect([await read(before), await read(after)]).toEqual([200, 200]);

    volume.swap({ active: 'new', new: NEW });
    await until(
      'the old key to go',
      async () => !(await metric('jwt_keys_accepted{kid="old",active="false"} 1')),
    );
    expect([await read(before), await read(after)]).toEqual([401, 200]);
    expect(await metric('jwt_tokens_refused_total{reason="unknown_key"} 1')).toBe(true);
  });

  it('should try a token without a kid against every key', async () => {
    await start({ active: 'new', new: NEW, old: OLD });
    const single = await startApp({ JWT_SECRET: OLD });
    const { body } = await request(single.getHttpServer())
      .post('/auth')
      .send({ email: 'ada@example.com', password: 'any' });
    await single.close();

    expect(kidOf(body.token)).toBeUndefined();
    expect(await read(body.token)).toBe(200);
  });

  it('should keep the keys it has, and stay ready, while the folder is at fault', async () => {
    await start({ active: 'old', old: OLD });
    const token = await issue();

    volume.swap({ active: 'new', old: OLD });
    await until('the fault to be seen', () => metric('jwt_keys_stale 1'));

    expect(await metric('jwt_keys_changes_total{outcome="refused"} 1')).toBe(true);
    expect(await read(token)).toBe(200);
    await server().get('/readyz').expect(200);

    volume.swap({ active: 'old', old: OLD });
    await until('the folder to be good again', () => metric('jwt_keys_stale 0'));
  });

  it('should be unready, and say 503, until the folder has been good once', async () => {
    await start({ active: 'missing' });

    await server().get('/readyz').expect(503);
    await server().get('/healthz').expect(200);
    await server()
      .post('/auth')
      .send({ email: 'ada@example.com', password: 'any' })
      .expect(503)
      .expect('Retry-After', '1');
    expect(await read('a.b.c')).toBe(503);

    volume.swap({ active: 'new', new: NEW });
    await until('readiness', async () => (await server().get('/readyz')).status === 200);
    await issue();
  });
});
