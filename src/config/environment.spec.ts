import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { checkEnvironment, EnvironmentError, environmentSchema, readEnvironment } from './environment.js';

const LONG = 's'.repeat(32);
const SHORT = 's'.repeat(31);
const TOO_SHORT = 'must have 32 bytes at least in production (RFC 7518 section 3.2)';
const DURATION = 'must be a whole number and a unit (ms, s, m, h or d), such as 25s or 14d';
const LEVEL = 'must be one of DEBUG, INFO, WARNING, ERROR, CRITICAL';
const PORT = 'must be a whole number from 0 to 65535';
const DEFAULTS = {
  AUTH_AUDIT_EMAIL: 'hash',
  AUTH_FAILURES_PER_ADDRESS: 50,
  AUTH_FAILURES_PER_EMAIL: 5,
  AUTH_MODE: 'open',
  AUTH_WEBHOOK_TIMEOUT: 5_000,
  JWKS_MAX_AGE: 300_000,
  JWT_TTL: 1_209_600_000,
  LOG_LEVEL: 'INFO',
  METRICS_PORT: 9_090,
  PORT: 8_080,
  SHUTDOWN_DELAY: 0,
  SHUTDOWN_TIMEOUT: 25_000,
};

let folder: string;

/** A file in a folder that lasts for one test. */
function file(name: string, content: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

function faultsOf(variables: NodeJS.ProcessEnv): string[] {
  try {
    checkEnvironment(variables);
    return [];
  } catch (error) {
    expect(error).toBeInstanceOf(EnvironmentError);
    const [first, ...faults] = (error as Error).message.split('\n');
    expect(first).toBe('jwt-api cannot start, its environment is wrong:');
    return faults.map((fault) => fault.trim());
  }
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jwt-environment-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('checkEnvironment', () => {
  it('should need nothing outside production', () => {
    expect(checkEnvironment({})).toEqual(DEFAULTS);
  });

  it('should take an empty value for an absent one', () => {
    const names = Object.keys(environmentSchema.shape);
    expect(checkEnvironment(Object.fromEntries(names.map((name) => [name, ''])))).toEqual(DEFAULTS);
  });

  it('should read what is set, and nothing that it does not know', () => {
    const text = { HOST: '::1', JWT_AUDIENCE: 'a', JWT_ISSUER: 'i', JWT_SECRET: ' x ', NODE_ENV: 'test' };
    const numbers = {
      JWT_TTL: '1h',
      METRICS_PORT: '0',
      PORT: '65535',
      SHUTDOWN_DELAY: '24d',
      SHUTDOWN_TIMEOUT: '0ms',
    };
    expect(checkEnvironment({ ...text, ...numbers, LOG_LEVEL: 'warning', PATH: '/bin' })).toEqual({
      ...DEFAULTS,
      ...text,
      JWT_TTL: 3_600_000,
      LOG_LEVEL: 'WARNING',
      METRICS_PORT: 0,
      PORT: 65_535,
      SHUTDOWN_DELAY: 2_073_600_000,
      SHUTDOWN_TIMEOUT: 0,
    });
  });

  it('should tell every fault at once, by name and never by value', () => {
    const wrong = {
      AUTH_MODE: 'value-0',
      JWT_KEYS_DIR: 'value-1',
      JWT_SECRET: 'value-2',
      JWT_SECRET_FILE: 'value-3',
      JWT_TTL: 'value-4',
      LOG_LEVEL: 'value-5',
      METRICS_PORT: 'value-6',
      NODE_ENV: 'production',
      PORT: 'value-7',
      SHUTDOWN_DELAY: 'value-8',
      SHUTDOWN_TIMEOUT: 'value-9',
    };
    expect(faultsOf(wrong)).toEqual([
      'AUTH_MODE must be one of open, users, webhook',
      'JWT_KEYS_DIR names no folder',
      'JWT_SECRET_FILE names a file that cannot be read (ENOENT)',
      `JWT_TTL ${DURATION}`,
      `LOG_LEVEL ${LEVEL}`,
      `METRICS_PORT ${PORT}`,
      `PORT ${PORT}`,
      `SHUTDOWN_DELAY ${DURATION}`,
      `SHUTDOWN_TIMEOUT ${DURATION}`,
      'JWT_SECRET, JWT_SECRET_FILE, JWT_KEYS_DIR exclude each other: set one',
      `JWT_SECRET ${TOO_SHORT}`,
    ]);
  });

  it.each([
    [{ PORT: '65536' }, `PORT ${PORT}`],
    [{ PORT: '-1' }, `PORT ${PORT}`],
    [{ PORT: '80.5' }, `PORT ${PORT}`],
    [{ PORT: '0x50' }, `PORT ${PORT}`],
    [{ METRICS_PORT: ' 80' }, `METRICS_PORT ${PORT}`],
    [{ METRICS_PORT: '8080' }, 'METRICS_PORT must differ from PORT'],
    [{ PORT: '9090' }, 'METRICS_PORT must differ from PORT'],
    [{ JWKS_MAX_AGE: '25h' }, 'JWKS_MAX_AGE must be whole seconds, 24h at most'],
    [{ JWKS_MAX_AGE: '1500ms' }, 'JWKS_MAX_AGE must be whole seconds, 24h at most'],
    [{ JWT_TTL: '999ms' }, 'JWT_TTL must be from 1s to 3650d'],
    [{ JWT_TTL: '3651d' }, 'JWT_TTL must be from 1s to 3650d'],
    [{ SHUTDOWN_DELAY: '25d' }, 'SHUTDOWN_DELAY must be 24d at most'],
    [{ SHUTDOWN_TIMEOUT: '25d' }, 'SHUTDOWN_TIMEOUT must be 24d at most'],
    [{ LOG_LEVEL: 'TRACE' }, `LOG_LEVEL ${LEVEL}`],
  ])('should refuse %j', (variables, fault) => {
    expect(faultsOf(variables)).toEqual([fault]);
  });

  it('should let the system choose both ports', () => {
    expect(faultsOf({ PORT: '0', METRICS_PORT: '0' })).toEqual([]);
  });

  it('should take the secret of a file, but for the line break at its end', () => {
    const path = file('secret', ' a secret \r\n');
    expect(checkEnvironment({ JWT_SECRET_FILE: path }).JWT_SECRET_FILE).toBe(' a secret ');
  });

  it('should refuse a file with no secret in it', () => {
    const fault = ['JWT_SECRET_FILE names an empty file'];
    expect(faultsOf({ JWT_SECRET_FILE: file('empty', '') })).toEqual(fault);
    expect(faultsOf({ JWT_SECRET_FILE: file('blank', '\n') })).toEqual(fault);
  });

  it('should refuse a file that is no text', () => {
    expect(faultsOf({ JWT_SECRET_FILE: file('bytes', Buffer.alloc(32, 0xff)) })).toEqual([
      'JWT_SECRET_FILE names a file that cannot be read (ERR_ENCODING_INVALID_ENCODED_DATA)',
    ]);
  });

  it('should refuse a folder for a file, and a file for a folder', () => {
    expect(faultsOf({ JWT_SECRET_FILE: folder })).toEqual([
      'JWT_SECRET_FILE names a file that cannot be read (EISDIR)',
    ]);
    expect(faultsOf({ JWT_KEYS_DIR: file('key', LONG) })).toEqual(['JWT_KEYS_DIR names no folder']);
  });
});

describe('checkEnvironment of a path that no system call takes', () => {
  it.each([
    ['too long', 'x'.repeat(5_000)],
    ['with a zero byte', 'x\0x'],
  ])('should tell of it by name, and never by value: %s', (_what, path) => {
    const mode = { AUTH_MODE: 'users', AUTH_USERS_FILE: path };
    expect(faultsOf({ ...mode, JWT_KEYS_DIR: path })).toEqual([
      'AUTH_USERS_FILE names no file',
      'JWT_KEYS_DIR names no folder',
    ]);
    expect(faultsOf({ JWT_SECRET_FILE: path })).toEqual([
      expect.stringMatching(/^JWT_SECRET_FILE names a file that cannot be read \([A-Z_]+\)$/),
    ]);
  });
});

describe('checkEnvironment in production', () => {
  const inProduction = (variables: NodeJS.ProcessEnv) =>
    faultsOf({ AUTH_MODE: 'open', ...variables, NODE_ENV: 'production' });

  it('should ask for a secret', () => {
    const fault = ['JWT_SECRET is needed in production (or JWT_SECRET_FILE, or JWT_KEYS_DIR)'];
    expect(inProduction({})).toEqual(fault);
    expect(inProduction({ JWT_SECRET: '' })).toEqual(fault);
  });

  it('should refuse a secret shorter than 32 bytes, which is good elsewhere', () => {
    expect(inProduction({ JWT_SECRET: SHORT })).toEqual([`JWT_SECRET ${TOO_SHORT}`]);
    expect(inProduction({ JWT_SECRET_FILE: file('short', `${SHORT}\n`) })).toEqual([
      `JWT_SECRET_FILE ${TOO_SHORT}`,
    ]);
    expect(faultsOf({ JWT_SECRET: SHORT })).toEqual([]);
  });

  it('should count bytes, not characters', () => {
    expect(inProduction({ JWT_SECRET: '🔑'.repeat(8) })).toEqual([]);
    expect(inProduction({ JWT_SECRET: `${'🔑'.repeat(7)}xxx` })).toEqual([`JWT_SECRET ${TOO_SHORT}`]);
  });

  it('should start with one good source', () => {
    expect(inProduction({ JWT_SECRET: LONG })).toEqual([]);
    expect(inProduction({ JWT_SECRET_FILE: file('long', LONG) })).toEqual([]);
    expect(inProduction({ JWT_KEYS_DIR: folder })).toEqual([]);
  });
});

describe('readEnvironment', () => {
  const home = process.cwd();

  beforeEach(() => {
    process.chdir(folder);
    jest.replaceProperty(process, 'env', { PORT: '1' });
  });
  afterEach(() => {
    process.chdir(home);
    jest.restoreAllMocks();
  });

  it('should add to the environment what .env has besides', () => {
    file('.env', 'PORT=2\nMETRICS_PORT=3\nJWT_SECRET="a b"\nJWT_TTL=\n');
    expect(readEnvironment()).toEqual({ ...DEFAULTS, PORT: 1, METRICS_PORT: 3, JWT_SECRET: 'a b' });
    expect(checkEnvironment({})).toEqual(DEFAULTS);
  });

  it('should do without .env', () => {
    expect(readEnvironment()).toEqual({ ...DEFAULTS, PORT: 1 });
  });

  it('should refuse an .env that cannot be read', () => {
    mkdirSync('.env');
    expect(readEnvironment).toThrow(/^jwt-api cannot start.*\n {2}\.env cannot be read \(EISDIR\)$/);
  });
});
