import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { killTree } from '../kill-tree.js';
import { literal } from '../literal.js';
import { describeWith } from '../requirements.js';
import { until } from '../until.js';
import { goodAndBrokenImage, Namespace } from './cluster.js';
import { Checkout, releaseState } from './deploy.js';
import { ClusterProxy } from './deploy-proxy.js';
import { deployerOf } from './deployer.js';
import { underLoad } from './load.js';
import { calm, eventually } from './pods.js';

/** Requests a second: most of the time is waiting, which another spec may use. */
const RATE = 100;
/** So long Helm waits for what never comes. */
const IN_VAIN = ['--timeout', '30s'];

describeWith(['cluster', 'docker', 'helm', 'registry'], 'npm run deploy -- release, on a bad day', () => {
  let folder: string;
  let checkout: Checkout;
  let namespace: Namespace;
  let deployer: Namespace;
  let good: string;
  let broken: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'deploy-'));
    checkout = await Checkout.create();
    ({ good, broken } = await goodAndBrokenImage());
    namespace = await Namespace.create('deploy-bad');
    deployer = await deployerOf(namespace, folder);
    expect(await release(good)).toMatchObject({ code: 0, result: { revision: 1 } });
  });
  afterAll(async () => {
    await namespace.delete();
    checkout.remove();
    rmSync(folder, { recursive: true });
  });

  const begin = (digest: string, args: string[] = [], into = deployer) =>
    checkout.beginRelease(into, digest, args);
  const release = async (...args: Parameters<typeof begin>) => (await begin(...args)).end;

  /** Changes something under load; the old pods must serve it all and be there in the end. */
  async function withoutFault(title: string, change: () => Promise<void>): Promise<void> {
    const answers = await underLoad(namespace, title, change, RATE);
    expect(answers.faults).toEqual([]);
    expect(answers.count('/auth')).toBeGreaterThan(100);
    await calm(namespace, 2);
  }

  const pending = () =>
    until('the upgrade to begin', async () => (await releaseState(namespace))?.status === 'pending-upgrade');

  it('should go back from an image that does not start, and say why', async () => {
    await withoutFault('an image that does not start', async () => {
      const { code, stderr, result } = await release(broken, IN_VAIN);
      expect(code).toBe(1);
      expect(stderr).toMatch(/The log of jwt-api-.*:\n(.*\n)*.*nowhere\.cjs/);
      expect(stderr).toMatch(/Warnings in deploy-bad:\n/);
      expect(stderr).toMatch(
        /\nrelease failed: the container jwt-api ends with exit code 1 .*\nRevision 3 serves/,
      );
      expect(result).toMatchObject({ outcome: 'failed', release: 'rolled back', revision: 3, code: 1 });
      for (const line of shownInReadme()) {
        expect(stderr).toMatch(line);
      }
    });
  });

  it("should go back when the chart's test fails, and tell its log", async () => {
    await checkout.breakChartTest();
    await withoutFault('a test that fails', async () => {
      const { code, stderr, result } = await release(good);
      expect(code).toBe(1);
      expect(stderr).toMatch(/✔ revision 4 (.*\n)*▸ Bring back revision 3\n/);
      expect(stderr).toMatch(/The log of jwt-api-test:\n(.*\n)*.*no round trip today/);
      expect(result).toMatchObject({ release: 'rolled back', revision: 5 });
    });
    await checkout.git('revert', '--no-edit', 'HEAD');
  });

  it('should mend what a run left that was cut off in the middle, once its lock is dead', async () => {
    await withoutFault('a run that is cut off', async () => {
      const { child, end } = await begin(broken);
      await pending();
      killTree(child);
      await end;
      expect(await releaseState(namespace)).toMatchObject({ status: 'pending-upgrade' });
      const { code, stderr } = await release(good);
      expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('gives no sign of life') });
      expect(stderr).toMatch(/✔ was pending-upgrade: back to revision \d/);
    });
  });

  it('should have Helm go back when it is killed alone', async () => {
    const { child, end } = await begin(broken);
    await pending();
    child.kill('SIGKILL');
    await end;
    await eventually('Helm to go back', async () => (await releaseState(namespace))?.status === 'deployed');
    await freeLock();
  });

  it('should leave the release in order, and the lock free, at SIGTERM', async () => {
    const { child, end } = await begin(broken);
    await pending();
    child.kill('SIGTERM');
    const { code, result } = await end;
    expect({ code, result }).toMatchObject({ code: 143, result: { outcome: 'interrupted', code: 143 } });
    expect(await releaseState(namespace)).toMatchObject({ status: 'deployed' });
    expect(await release(good)).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('no other run has it'),
    });
  });

  it('should wait while another run is alive, however long that takes', async () => {
    await withoutFault('two releases at the same moment', async () => {
      const one = await begin(broken, ['--timeout', '40s']);
      await pending();
      const other = await release(good);
      expect(await one.end).toMatchObject({ code: 1, result: { release: 'rolled back' } });
      expect(other).toMatchObject({ code: 0 });
      expect(other.stderr).toMatch(
        / waits for .*, process \d+\n(?: {2}goes on .*\n)+ {2}no other run has it\n/,
      );
    });
  });

  it('should let one after the other of two that begin at the same moment', async () => {
    const [one, other] = await Promise.all([release(good), release(good)]);
    expect([one?.code, other?.code]).toEqual([0, 0]);
    expect(Math.abs(Number(one?.result.revision) - Number(other?.result.revision))).toBe(1);
  });

  it('should say that the cluster is gone, and mend the release once it is back', async () => {
    const proxy = await ClusterProxy.start();
    await withoutFault('a cluster that is gone', async () => {
      const { end } = await begin(
        broken,
        [],
        new Namespace(namespace.name, proxy.kubeconfigFor(deployer, folder)),
      );
      await pending();
      proxy.stop();
      const { code, stderr } = await end;
      expect(code).toBe(1);
      expect(stderr).toMatch(
        /release failed: the cluster of the context deployer does not answer any more at /,
      );
      const next = await release(good);
      expect({ code: next.code, stderr: next.stderr }).toEqual({
        code: 0,
        stderr: expect.stringContaining('was pending-'),
      });
    });
  });

  it('should say that the namespace is missing, or that there is no right in it', async () => {
    const missing = await release(good, [], new Namespace('deploy-nowhere'));
    expect(missing).toMatchObject({ code: 1, result: { cause: 'there is no namespace deploy-nowhere' } });
    expect(missing.stderr).toContain('create namespace deploy-nowhere');
    const foreign = await release(good, [], new Namespace('default', deployer.kubeconfig));
    expect(foreign).toMatchObject({ code: 1, stderr: expect.stringContaining('npm run deploy -- doctor') });
    expect(foreign.result.cause).toMatch(
      /^no right in the namespace default: configmaps .* User ".*deployer" cannot get/,
    );
  });

  /** What a dead lock becomes by itself, only later. */
  async function freeLock(): Promise<void> {
    await namespace.kubectl(['delete', 'configmap', 'jwt-api-deployer']);
  }
});

/** The lines of the run that README.md shows, as they may differ from run to run: names, ids, times, and what `…` leaves out. */
function shownInReadme(): RegExp[] {
  const [, run = ''] =
    /^```console\n\$ npm run deploy -- release .*\n((?:.*\n)*?)```$/m.exec(
      readFileSync('README.md', 'utf8'),
    ) ?? [];
  const lines = run.split('\n').filter((line) => line.trim() !== '');
  expect(lines.length).toBeGreaterThan(10);
  return lines.map((line) => {
    const general = literal(line)
      .replaceAll(/\d+\\\.\d s/g, '\\d+\\.\\d s')
      .replaceAll(/jwt-api-[0-9a-f]{8,10}-\w{5}/g, 'jwt-api-\\w+-\\w{5}')
      .replaceAll('…', '.*');
    return new RegExp(`^${general}$`, 'm');
  });
}
