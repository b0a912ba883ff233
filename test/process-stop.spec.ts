import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Connection } from './connection.js';
import { cleanUp, SECRET, startService, temporaryFolder } from './service-process.js';
import { until } from './until.js';

afterEach(cleanUp);

const start = (environment: Record<string, string> = {}) =>
  startService({ NODE_ENV: 'production', AUTH_MODE: 'open', JWT_SECRET: SECRET, ...environment });

const refused = (port: number) => until('the port to be shut', () => Connection.isRefused(port));

describe.each(['SIGTERM', 'SIGINT'] as const)('the process after %s', (signal) => {
  it('should end with exit code 0', async () => {
    const service = start();
    await service.port();
    service.signal(signal);
    expect(await service.ended).toBe(0);
    expect(service.stderr).toBe('');
  });

  it('should answer the request that it has begun with, close its connection, and end with exit code 0', async () => {
    const service = start();
    const port = await service.port();
    const connection = await Connection.open(port);
    await connection.beginRequest();
    service.signal(signal);
    await refused(port);
    const answer = await connection.finishRequest();
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(answer).toMatch(/\r\nconnection: close\r\n/i);
    await connection.closed();
    expect(await service.ended).toBe(0);
  });
});

/** Says so when Nest begins to load. */
const PRELOAD = `
import { writeSync } from 'node:fs';
import { registerHooks } from 'node:module';
registerHooks({
  resolve(specifier, context, next) {
    if (specifier.endsWith('/app.start.cjs')) writeSync(1, 'loading\\n');
    return next(specifier, context);
  },
});
`;

describe('the process that still loads', () => {
  it('should hear a signal, and end with exit code 0', async () => {
    const preload = join(temporaryFolder(), 'preload.mjs');
    writeFileSync(preload, PRELOAD);
    const service = start({ NODE_OPTIONS: `--import=${pathToFileURL(preload)}` });
    await service.printed(/^loading\n/);
    service.signal('SIGTERM');
    expect(await service.ended).toBe(0);
  });
});

describe('the process after a signal', () => {
  it('should close connections that wait for nothing', async () => {
    const service = start();
    const port = await service.port();
    const [busy, kept, silent] = [
      await Connection.open(port),
      await Connection.open(port),
      await Connection.open(port),
    ];
    await busy.beginRequest();
    expect(await kept.get('/')).toMatch(/\r\nconnection: keep-alive\r\n/i);
    service.signal('SIGTERM');
    await kept.closed();
    await silent.closed();
    expect(busy.isClosed).toBe(false);
    await busy.finishRequest();
    expect(await service.ended).toBe(0);
  });

  it('should cut off what outlives SHUTDOWN_TIMEOUT, and end with exit code 1', async () => {
    const service = start({ SHUTDOWN_TIMEOUT: '200ms' });
    const connection = await Connection.open(await service.port());
    await connection.beginRequest();
    service.signal('SIGTERM');
    expect(await service.ended).toBe(1);
    await connection.closed();
    expect(connection.received).toBe('');
  });
});

describe('the process in its SHUTDOWN_DELAY', () => {
  it('should be unready, take new connections, and end at once by a second signal', async () => {
    const service = start({ SHUTDOWN_DELAY: '1h' });
    const port = await service.port();
    const kept = await Connection.open(port);
    expect(await kept.get('/readyz')).toMatch(/^HTTP\/1\.1 200 /);
    service.signal('SIGTERM');
    const unready = await until('/readyz to say so', async () => {
      const answer = await (await Connection.open(port)).get('/readyz');
      return answer.startsWith('HTTP/1.1 503 ') && answer;
    });
    expect(unready).toMatch(/\r\nretry-after: 1\r\n/i);
    for (const connection of [kept, await Connection.open(port)]) {
      const answer = await connection.get('/');
      expect(answer).toMatch(/^HTTP\/1\.1 200 /);
      expect(answer).toMatch(/\r\nconnection: close\r\n/i);
      await connection.closed();
    }
    service.signal('SIGINT');
    expect(await service.ended).toBe(130);
  });

  it('should refuse new connections only when it is over', async () => {
    const service = start({ SHUTDOWN_DELAY: '500ms' });
    const port = await service.port();
    const connection = await Connection.open(port);
    await connection.beginRequest();
    const begin = performance.now();
    service.signal('SIGTERM');
    await refused(port);
    expect(performance.now() - begin).toBeGreaterThan(499);
    expect(await connection.finishRequest()).toMatch(/^HTTP\/1\.1 200 /);
    expect(await service.ended).toBe(0);
  });
});

describe('the process after a second signal', () => {
  it.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const)('should end at once, by %s with exit code %i', async (signal, code) => {
    const service = start();
    const port = await service.port();
    const connection = await Connection.open(port);
    await connection.beginRequest();
    service.signal(signal);
    await refused(port);
    service.signal(signal);
    expect(await service.ended).toBe(code);
  });
});
