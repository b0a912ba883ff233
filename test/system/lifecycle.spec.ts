import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeWith } from '../requirements.js';
import { HELMS, run } from './chart.js';
import { check, issue, lifetime } from './client.js';
import { Namespace, pushedImage } from './cluster.js';
import { deployerOf } from './deployer.js';
import { eventually } from './pods.js';

const FORTNIGHT = 14 * 86_400;

describeWith(['cluster', 'docker', 'registry', ...HELMS], "a release's life", () => {
  const folder = mkdtempSync(join(tmpdir(), 'jwt-api-lifecycle-'));
  let image: object;
  beforeAll(async () => {
    image = await pushedImage();
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  describe.each(HELMS)('with %s, by who may only edit one restricted namespace', (helm) => {
    let namespace: Namespace;
    let deployer: Namespace;
    let before: string[];
    let address: string;
    let token: string;
    let keys: string;

    const wait = helm === 'helm' ? '--wait=legacy' : '--wait';
    const readKeys = () =>
      namespace.kubectl(['get', 'secret', 'jwt-api-keys', '--output=jsonpath={.metadata.uid} {.data}']);

    beforeAll(async () => {
      const labels = ['pod-security.kubernetes.io/enforce=restricted'];
      namespace = await Namespace.create(`life-${helm}`, labels);
      deployer = await deployerOf(namespace, folder);
      before = await inventory(namespace);
    });
    afterAll(() => namespace.delete());

    it('should start from rights and a namespace that really are narrow', async () => {
      const can = (...args: string[]) => deployer.kubectl(['auth', 'can-i', ...args]).catch(() => 'no');
      await expect(can('create', 'deployments')).resolves.toBe('yes\n');
      await expect(can('create', 'deployments', '--namespace=default')).resolves.toBe('no');
      await expect(can('create', 'roles')).resolves.toBe('no');
      await expect(can('get', 'namespaces', '--all-namespaces')).resolves.toBe('no');
      const root = ['run', 'root', '--image=any', '--dry-run=server'];
      await expect(deployer.kubectl(root)).rejects.toThrow('violates PodSecurity "restricted');
    });

    it('should be installed with no value but the image', async () => {
      await deployer.release({ image }, { helm });
      address = await namespace.address();
      token = await issue(address);
      keys = await readKeys();
      await expect(check(address, token)).resolves.toBe(200);
      await expect(lifetime(address)).resolves.toBe(FORTNIGHT);
    });

    it('should pass its own test and show what that saw', () => {
      const { kubeconfig, name } = deployer;
      const args = ['test', 'jwt-api', '--kubeconfig', kubeconfig, '--namespace', name];
      // Helm writes what the test's pod said to its own log.
      const { status, stderr } = run(helm, args);
      expect(stderr).toContain('ok: the status of POST /auth is 200');
      expect(stderr).toContain('ok: the email in the token is helm-test@example.com');
      expect(stderr).toContain('ok: the status of GET /contents with a forged token is 401');
      expect(status).toBe(0);
    });

    it('should bring a changed value by an upgrade', async () => {
      await deployer.release({ image, config: { tokenTtl: '1h' } }, { helm });
      await eventually('the new value', async () => (await lifetime(address)) === 3_600);
      await expect(readKeys()).resolves.toBe(keys);
    });

    it('should bring the old value back by a rollback', async () => {
      await deployer.helm(helm, ['rollback', 'jwt-api', '1', wait, '--timeout=3m']);
      await eventually('the old value', async () => (await lifetime(address)) === FORTNIGHT);
    });

    it('should still have the first keys, and accept their tokens', async () => {
      await expect(readKeys()).resolves.toBe(keys);
      await expect(check(address, token)).resolves.toBe(200);
    });

    it('should leave nothing but the keys behind an uninstall', async () => {
      await deployer.helm(helm, ['uninstall', 'jwt-api', wait, '--timeout=3m']);
      await namespace.kubectl(['wait', '--for=delete', 'pod,replicaset', '--all', '--timeout=90s']);
      const left = await inventory(namespace);
      expect(left.filter((object) => !before.includes(object))).toEqual(['secret/jwt-api-keys']);
      expect(before.filter((object) => !left.includes(object))).toEqual([]);
    });

    it('should accept the tokens of before when it is installed again', async () => {
      await deployer.release({ image }, { helm });
      await expect(check(await namespace.address(), token)).resolves.toBe(200);
      await expect(readKeys()).resolves.toBe(keys);
    });
  });
});

/** Every object of a namespace, but for what only tells of others: events and measurements. */
async function inventory(namespace: Namespace): Promise<string[]> {
  const kinds = await namespace.kubectl(['api-resources', '--namespaced', '--verbs=list', '--output=name']);
  const kept = kinds
    .trim()
    .split('\n')
    .filter((kind) => !/^events|metrics\.k8s\.io$/.test(kind));
  const names = await namespace.kubectl(['get', kept.join(','), '--output=name']);
  return names.split('\n').filter(Boolean).sort();
}
