import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkEnvironment } from './environment.js';

const folder = mkdtempSync(join(tmpdir(), 'jwt-environment-'));
const file = join(folder, 'file');
writeFileSync(file, 'the credential\n'.replace(' ', '-'));
const SECRET = { JWT_SECRET: 's'.repeat(32) };
const PRODUCTION = { ...SECRET, NODE_ENV: 'production' };
const URL_ = 'https://users.example.com/check';
const WEBHOOK = { AUTH_MODE: 'webhook', AUTH_WEBHOOK_URL: URL_, AUTH_WEBHOOK_TOKEN: 'x' };
const NOT_HTTPS = 'AUTH_WEBHOOK_URL must be an https URL without user, password and fragment';
const NOT_PRIVATE = 'AUTH_WEBHOOK_URL must be https in production, except to this host itself';
const NO_LIST =
  'AUTH_TRUSTED_PROXIES must be addresses or networks, such as 10.0.0.0/8, with commas between them';
const NO_CLAIMS =
  'AUTH_WEBHOOK_CLAIMS must be names of claims with commas between them, and none of aud, email, exp, iat, iss, jti, nbf';

function faultsOf(variables: NodeJS.ProcessEnv): string[] {
  try {
    checkEnvironment(variables);
    return [];
  } catch (error) {
    return (error as Error).message
      .split('\n')
      .slice(1)
      .map((fault) => fault.trim());
  }
}

afterAll(() => rmSync(folder, { recursive: true }));

describe('checkEnvironment, of who gets a token', () => {
  it('should be open by default, but in production', () => {
    expect(checkEnvironment({}).AUTH_MODE).toBe('open');
    expect(faultsOf(PRODUCTION)).toEqual(['AUTH_MODE is needed in production: one of open, users, webhook']);
    expect(faultsOf({ ...PRODUCTION, AUTH_MODE: '' })).toHaveLength(1);
    expect(faultsOf({ ...PRODUCTION, AUTH_MODE: 'open' })).toEqual([]);
  });

  it.each<[NodeJS.ProcessEnv, ...string[]]>([
    [{ AUTH_MODE: 'Open' }, 'AUTH_MODE must be one of open, users, webhook'],
    [{ AUTH_MODE: 'users' }, 'AUTH_USERS_FILE is needed with AUTH_MODE users'],
    [{ AUTH_MODE: 'users', AUTH_USERS_FILE: '/nowhere' }, 'AUTH_USERS_FILE names no file'],
    [{ AUTH_MODE: 'users', AUTH_USERS_FILE: folder }, 'AUTH_USERS_FILE names no file'],
    [{ AUTH_USERS_FILE: file }, 'AUTH_USERS_FILE is for AUTH_MODE users alone'],
    [
      { AUTH_MODE: 'webhook' },
      'AUTH_WEBHOOK_URL is needed with AUTH_MODE webhook',
      'AUTH_WEBHOOK_TOKEN is needed with AUTH_MODE webhook (or AUTH_WEBHOOK_TOKEN_FILE)',
    ],
    [
      { AUTH_WEBHOOK_URL: URL_, AUTH_WEBHOOK_CLAIMS: 'sub' },
      'AUTH_WEBHOOK_CLAIMS is for AUTH_MODE webhook alone',
      'AUTH_WEBHOOK_URL is for AUTH_MODE webhook alone',
    ],
    [
      { ...WEBHOOK, AUTH_WEBHOOK_TOKEN_FILE: file },
      'AUTH_WEBHOOK_TOKEN, AUTH_WEBHOOK_TOKEN_FILE exclude each other: set one',
    ],
    [
      { ...WEBHOOK, AUTH_WEBHOOK_TOKEN: 'a\nb' },
      'AUTH_WEBHOOK_TOKEN must be visible ASCII characters, 4096 at most',
    ],
    [{ ...WEBHOOK, AUTH_WEBHOOK_URL: 'users' }, NOT_HTTPS],
    [{ ...WEBHOOK, AUTH_WEBHOOK_URL: 'file:///etc/passwd' }, NOT_HTTPS],
    [{ ...WEBHOOK, AUTH_WEBHOOK_URL: 'https://a:b@users.example.com/' }, NOT_HTTPS],
    [{ ...WEBHOOK, ...PRODUCTION, AUTH_WEBHOOK_URL: 'http://users.example.com/' }, NOT_PRIVATE],
    [{ ...WEBHOOK, ...PRODUCTION, AUTH_WEBHOOK_URL: 'http://127.evil.example/' }, NOT_PRIVATE],
    [{ ...WEBHOOK, AUTH_WEBHOOK_CLAIMS: 'sub,exp' }, NO_CLAIMS],
    [{ ...WEBHOOK, AUTH_WEBHOOK_CLAIMS: 'sub,,roles' }, NO_CLAIMS],
    [{ ...WEBHOOK, AUTH_WEBHOOK_CLAIMS: '__proto__' }, NO_CLAIMS],
    [{ ...WEBHOOK, AUTH_WEBHOOK_CLAIMS: 'constructor' }, NO_CLAIMS],
    [{ ...WEBHOOK, AUTH_WEBHOOK_TIMEOUT: '61s' }, 'AUTH_WEBHOOK_TIMEOUT must be from 1ms to 1m'],
    [{ AUTH_TRUSTED_PROXIES: 'loopback' }, NO_LIST],
    [{ AUTH_TRUSTED_PROXIES: '10.0.0.0/33' }, NO_LIST],
    [{ AUTH_TRUSTED_PROXIES: '10.0.0.0/8/8' }, NO_LIST],
    [{ AUTH_TRUSTED_PROXIES: '10.0.0.0/' }, NO_LIST],
    [{ AUTH_TRUSTED_PROXIES: '0.0.0.0/0' }, NO_LIST],
    [{ AUTH_TRUSTED_PROXIES: '::/00' }, NO_LIST],
    [{ AUTH_CONCURRENCY: '0' }, 'AUTH_CONCURRENCY must be a whole number from 1 to 256'],
    [{ AUTH_FAILURES_PER_EMAIL: 'five' }, 'AUTH_FAILURES_PER_EMAIL must be a whole number from 1 to 1000000'],
    [{ AUTH_AUDIT_EMAIL: 'plain' }, 'AUTH_AUDIT_EMAIL must be one of hash, clear'],
  ])('should refuse %j', (variables, ...faults) => {
    expect(faultsOf(variables)).toEqual(faults);
  });

  it.each<[NodeJS.ProcessEnv]>([
    [{ AUTH_MODE: 'users', AUTH_USERS_FILE: file }],
    [WEBHOOK],
    [{ ...WEBHOOK, AUTH_WEBHOOK_URL: 'http://users.example.com/' }],
    [{ ...WEBHOOK, AUTH_WEBHOOK_URL: 'http://localhost:3000/' }],
    [{ ...WEBHOOK, AUTH_WEBHOOK_URL: 'http://[::1]:3000/' }],
  ])('should take %j', (variables) => {
    expect(faultsOf(variables)).toEqual([]);
  });

  it('should take them in production, with plain HTTP to this host itself', () => {
    expect(faultsOf({ ...WEBHOOK, ...PRODUCTION })).toEqual([]);
    expect(faultsOf({ ...WEBHOOK, ...PRODUCTION, AUTH_WEBHOOK_URL: 'http://127.0.0.1:3000/' })).toEqual([]);
  });

  it('should read lists, and a credential from its file', () => {
    const { AUTH_WEBHOOK_TOKEN: _, ...webhook } = WEBHOOK;
    const variables = { ...webhook, AUTH_WEBHOOK_TOKEN_FILE: file, AUTH_WEBHOOK_CLAIMS: 'sub, https://a/b' };
    expect(checkEnvironment({ ...variables, AUTH_TRUSTED_PROXIES: '10.0.0.0/8,::1' })).toMatchObject({
      AUTH_WEBHOOK_TOKEN_FILE: 'the-credential',
      AUTH_WEBHOOK_CLAIMS: ['sub', 'https://a/b'],
      AUTH_TRUSTED_PROXIES: ['10.0.0.0/8', '::1'],
    });
  });
});
