import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeWith } from '../requirements.js';
import { cleanUp, SECRET, temporaryFolder } from '../service-process.js';
import { until } from '../until.js';
import { GOOD_COST, userLine } from '../user-lines.js';
import { build, dockerOutput, removeAll, startContainer } from './container.js';

const IMAGE = `jwt-api-memory-test:${process.pid}`;
const ADA = 'ada@example.com';
/** Enough for each thread that hashes to have had several. */
const SIGN_INS = 24;
const HASH_MIB = GOOD_COST.memory / 1_024;

/** What the container holds, in MiB. */
function held(container: string): number {
  const text = dockerOutput('stats', '--no-stream', '--format', '{{.MemUsage}}', container);
  const [, amount, unit] = /^([\d.]+)([KMG])iB/.exec(text) ?? [];
  return Number(amount) * { K: 1 / 1_024, M: 1, G: 1_024 }[unit as 'K' | 'M' | 'G'];
}

/** The MiB of the limit that the chart sets, and of what lies beside the heap: code, buffers, and two hashes. */
const LIMIT_MIB = 256;
const BESIDE_MIB = 100;

describeWith(['docker'], 'the memory of the image', () => {
  beforeAll(() => build(IMAGE, '.'));
  afterAll(async () => {
    removeAll(IMAGE);
    await cleanUp();
  });

  it("should not be the heap's alone", () => {
    const command = JSON.parse(
      dockerOutput('inspect', '--format', '{{json .Config.Cmd}}', IMAGE),
    ) as string[];
    const flags = command.filter((argument) => argument.startsWith('--'));
    const limit = ['run', '--rm', '--memory', `${LIMIT_MIB}m`, '--entrypoint', '/nodejs/bin/node', IMAGE];
    const program = 'v8.getHeapStatistics().heap_size_limit / 2 ** 20';
    const heap = Number(dockerOutput(...limit, ...flags, '--print', program));
    expect(heap).toBeLessThan(LIMIT_MIB - BESIDE_MIB);
  });

  it('should be given back once a password of AUTH_MODE=users is hashed', async () => {
    const folder = temporaryFolder();
    chmodSync(folder, 0o755);
    writeFileSync(join(folder, 'users'), userLine(ADA, 'correct horse', GOOD_COST));
    const variables = [`JWT_SECRET=${SECRET}`, 'AUTH_MODE=users', 'AUTH_USERS_FILE=/etc/users/users'];
    const options = variables.flatMap((variable) => ['--env', variable]);
    const container = startContainer(IMAGE, ...options, '--volume', `${folder}:/etc/users:ro`);
    const url = `http://${dockerOutput('port', container, '8080/tcp')}`;
    await until('an answer', () => fetch(`${url}/readyz`).catch(() => undefined));
    const before = held(container);
    for (let index = 0; index < SIGN_INS; index += 1) {
      const { status } = await fetch(`${url}/auth`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ email: ADA, password: 'correct horse' }),
      });
      expect(status).toBe(200);
    }
    // What the hashes took, had each thread kept its own, is four times as much and more.
    expect(held(container) - before).toBeLessThan(2 * HASH_MIB);
  });
});
