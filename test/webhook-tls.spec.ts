import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { selfSigned } from './certificate.js';
import { cleanUp, SECRET, startService, temporaryFolder } from './service-process.js';
import { UserDirectory } from './user-directory.js';

const certificate = selfSigned();
let directory: UserDirectory;

beforeAll(async () => {
  directory = await UserDirectory.start(certificate);
});
afterAll(() => directory.stop());
afterEach(cleanUp);

/** The status of an attempt in production, and what the service says of it. */
async function attempt(environment: Record<string, string>) {
  const service = startService({
    NODE_ENV: 'production',
    JWT_SECRET: SECRET,
    AUTH_MODE: 'webhook',
    AUTH_WEBHOOK_URL: directory.url,
    AUTH_WEBHOOK_TOKEN: 'x',
    ...environment,
  });
  const { status } = await fetch(`${await service.url()}/auth`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: 'ada@example.com', password: 'x' }),
  });
  const [, line = ''] = await service.printed(/^(\{.*"msg":"attempt"\})$/m);
  return { status, ...(JSON.parse(line) as { outcome: string; reason?: string }) };
}

describe('a webhook behind TLS', () => {
  it('should not be shown a password where no authority knows its certificate', async () => {
    const { status, outcome, reason } = await attempt({});
    expect({ status, outcome, reason }).toEqual({
      status: 503,
      outcome: 'unavailable',
      reason: 'DEPTH_ZERO_SELF_SIGNED_CERT',
    });
    expect(directory.questions).toEqual([]);
  });

  it('should be asked where NODE_EXTRA_CA_CERTS knows its authority', async () => {
    const path = join(temporaryFolder(), 'ca.crt');
    writeFileSync(path, certificate.cert);
    const { status, outcome } = await attempt({ NODE_EXTRA_CA_CERTS: path });
    expect({ status, outcome }).toEqual({ status: 200, outcome: 'accepted' });
    expect(directory.questions).toHaveLength(1);
  });
});
