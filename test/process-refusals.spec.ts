import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { cleanUp, startService, temporaryFolder } from './service-process.js';

afterEach(cleanUp);

/** Runs the service until it ends by itself. */
async function refusal(environment: Record<string, string>, folder = temporaryFolder()) {
  const service = startService(environment, folder);
  return { code: await service.ended, stdout: service.stdout, stderr: service.stderr };
}

/** How it ends where one variable is at fault: before it has logged anything or listened. */
const oneFault = (fault: string) => ({
  code: 1,
  stdout: '',
  stderr: `jwt-api cannot start, its environment is wrong:\n  ${fault}\n`,
});

describe('the process that cannot start', () => {
  it('should say so of a short secret in production', async () => {
    const refused = await refusal({ NODE_ENV: 'production', AUTH_MODE: 'open', JWT_SECRET: 'myjwtsecret' });
    expect(refused).toEqual(
      oneFault('JWT_SECRET must have 32 bytes at least in production (RFC 7518 section 3.2)'),
    );
  });

  it('should say so of no secret in production', async () => {
    const { stderr, ...rest } = await refusal({ NODE_ENV: 'production', AUTH_MODE: 'open' });
    expect(stderr).toMatch(/^jwt-api cannot .*:\n {2}JWT_SECRET is needed in production[^\n]*\n$/);
    expect(rest).toEqual({ code: 1, stdout: '' });
  });

  it('should say so of production without a word on who gets a token', async () => {
    expect(await refusal({ NODE_ENV: 'production', JWT_SECRET: 's'.repeat(32) })).toEqual(
      oneFault('AUTH_MODE is needed in production: one of open, users, webhook'),
    );
  });

  it('should name all faults at once, and no value', async () => {
    const values = {
      AUTH_MODE: 'cl0sed',
      JWT_SECRET: 'sh0rt',
      JWT_TTL: 'f0rtnight',
      LOG_LEVEL: 'l0ud',
      PORT: 'p0rt',
      SHUTDOWN_DELAY: 's00n',
    };
    const { code, stdout, stderr } = await refusal({ NODE_ENV: 'production', ...values });
    const named = stderr.split('\n').map((line) => line.trim().split(' ')[0]);
    expect(named.slice(1, -1).sort()).toEqual(Object.keys(values));
    expect(stderr).not.toMatch(new RegExp(Object.values(values).join('|'), 'i'));
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  });

  it('should say so of a fault in .env', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, '.env'), 'LOG_LEVEL=loud\n');
    expect(await refusal({}, folder)).toEqual(
      oneFault('LOG_LEVEL must be one of DEBUG, INFO, WARNING, ERROR, CRITICAL'),
    );
  });

  it('should say so of a secret file that is not there', async () => {
    expect(await refusal({ JWT_SECRET_FILE: '/nowhere/secret' })).toEqual(
      oneFault('JWT_SECRET_FILE names a file that cannot be read (ENOENT)'),
    );
  });

  it.each(['PORT', 'METRICS_PORT'])('should say so in one line where %s is in use', async (name) => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    const { code, stdout, stderr } = await refusal({ JWT_SECRET: 'x'.repeat(32), [name]: `${port}` });
    taken.close();
    expect(stdout).not.toContain('EADDRINUSE');
    expect(stderr).toBe(
      `jwt-api cannot start: port ${port} is in use. Set PORT or METRICS_PORT to another.\n`,
    );
    expect(code).toBe(1);
  });

  it('should say so in one line where HOST is no address of this machine', async () => {
    const { code, stderr } = await refusal({ JWT_SECRET: 'x'.repeat(32), HOST: '203.0.113.1' });
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: 'jwt-api cannot start: HOST is no address of this machine.\n',
    });
  });
});
