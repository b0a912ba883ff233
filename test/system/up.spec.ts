import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { killTree } from '../kill-tree.js';
import { describeWith } from '../requirements.js';
import { until } from '../until.js';
import { execute, kubectl, Namespace, REPOSITORY } from './cluster.js';
import { tokenAsTold } from './told.js';
import { begin, write } from './up.js';

interface Release {
  info: { status: string };
}

describeWith(['docker', 'helm', 'cluster', 'registry'], 'npm run deploy -- up, on a cluster', () => {
  const KUBECONFIG = `${process.env.TEST_KUBECONFIG}`;
  const namespace = new Namespace('up-install');
  let folder: string;
  let context: string;
  let crashing: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'up-'));
    // No node has this address, which is for documentation: the process ends at once.
    crashing = write(folder, 'crashing.json', { env: { HOST: '203.0.113.1' } });
    context = (await kubectl(['config', 'current-context'])).trim();
    await kubectl(['delete', 'namespace', namespace.name, '--ignore-not-found']);
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true });
    await namespace.delete();
  });

  function up({ name }: Namespace, ...args: string[]) {
    const place = ['--context', context, '--namespace', name, '--registry', REPOSITORY, '--yes'];
    return begin([...place, ...args], { KUBECONFIG });
  }

  const pods = () => namespace.kubectl(['get', 'pods', '--output', 'name', '--sort-by=.metadata.name']);

  async function releaseStatus(): Promise<string> {
    const status = await namespace.helm('helm', ['status', 'jwt-api', '--output', 'json']);
    return (JSON.parse(status) as Release).info.status;
  }

  it('should make the namespace, build, push, install, test, and tell commands that work', async () => {
    const { code, stdout, stderr } = await up(namespace).end;
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('✔ revision 1 (') });
    expect(stderr).not.toContain('\u001b[');
    expect(stdout).toContain(`--context ${context} --namespace ${namespace.name} port-forward`);
    await expect(tokenAsTold(stdout, KUBECONFIG)).resolves.toMatch(/^ey/);
  });

  it('should restart nothing the second time', async () => {
    const before = await pods();
    const began = performance.now();
    expect((await up(namespace).end).code).toBe(0);
    const seconds = (performance.now() - began) / 1000;
    process.stdout.write(`up, a second time: ${seconds.toFixed(1)} s\n`);
    expect(await pods()).toBe(before);
  });

  it('should say why a new process does not start, and go back', async () => {
    const before = await pods();
    const { code, stderr } = await up(namespace, '--values', crashing, '--timeout', '20s').end;
    expect(code).toBe(1);
    expect(stderr).toMatch(/The log of jwt-api-.*:\n(.*\n)*.*HOST is no address of this machine/);
    expect(stderr).toMatch(/\nup failed: the container jwt-api ends with exit code 1 .*\n$/);
    await until('the failed pod to go', async () => (await pods()) === before);
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('should leave the release in order at %s', async (signal, expected) => {
    const { child, end } = up(namespace, '--values', crashing, '--timeout', '60s');
    await until('the upgrade to begin', async () => (await releaseStatus()) === 'pending-upgrade');
    child.kill(signal);
    expect(await end).toMatchObject({
      code: expected,
      stderr: expect.stringContaining('up was interrupted'),
    });
    expect(await releaseStatus()).toBe('deployed');
  });

  it('should say what to do about a release that a killed run has left', async () => {
    const { child, end } = up(namespace, '--values', crashing, '--timeout', '60s');
    await until('the upgrade to begin', async () => (await releaseStatus()) === 'pending-upgrade');
    killTree(child);
    await end;
    const { code, stderr } = await up(namespace).end;
    expect(code).toBe(1);
    const [, mend = ''] = /If none is under way: (helm .* rollback jwt-api)\n/.exec(stderr) ?? [];
    await execute('sh', ['-c', `KUBECONFIG=${KUBECONFIG} ${mend}`]);
    expect((await up(namespace).end).code).toBe(0);
  });

  it('should explain a first install that fails, and leave no release', async () => {
    const full = await Namespace.create('up-quota');
    await full.kubectl(['create', 'quota', 'none', '--hard=pods=0']);
    const { code, stderr } = await up(full, '--timeout', '10s').end;
    expect(code).toBe(1);
    expect(stderr).toContain('uninstalled due to rollback-on-failure');
    expect(stderr).toMatch(/\nup failed: FailedCreate, ReplicaSet .*exceeded quota.*\n$/);
    expect(await full.helm('helm', ['list', '--short'])).toBe('');
    await full.delete();
  });

  it("should explain a failure of the chart's own test", async () => {
    const full = await Namespace.create('up-test');
    await full.kubectl(['create', 'quota', 'two', '--hard=pods=2']);
    const { code, stderr } = await up(full).end;
    expect(code).toBe(1);
    expect(stderr).toContain('✔ revision 1');
    expect(stderr).toMatch(/\nup failed: .*jwt-api-test.*exceeded quota.*\n$/);
    await full.delete();
  });
});
