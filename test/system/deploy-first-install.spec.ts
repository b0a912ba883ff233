import { killTree } from '../kill-tree.js';
import { describeWith } from '../requirements.js';
import { until } from '../until.js';
import { goodAndBrokenImage, Namespace } from './cluster.js';
import { Checkout, releaseState } from './deploy.js';

describeWith(
  ['cluster', 'docker', 'helm', 'registry'],
  'npm run deploy -- release, where nothing was before',
  () => {
    let checkout: Checkout;
    let good: string;
    let broken: string;

    beforeAll(async () => {
      checkout = await Checkout.create();
      ({ good, broken } = await goodAndBrokenImage());
    });
    afterAll(() => checkout.remove());

    it('should uninstall what was cut off, once the one who did it is dead', async () => {
      const namespace = await Namespace.create('deploy-first-cut');
      const { child, end } = await checkout.beginRelease(namespace, broken);
      const isPending = async () => (await releaseState(namespace))?.status === 'pending-install';
      await until('the install to begin', isPending);
      killTree(child);
      await end;
      const { code, stderr } = await (await checkout.beginRelease(namespace, good)).end;
      expect({ code, stderr }).toEqual({
        code: 0,
        stderr: expect.stringContaining('✔ was pending-install, with no good revision: uninstalled'),
      });
      await namespace.delete();
    });

    it('should uninstall what fails its test', async () => {
      const namespace = await Namespace.create('deploy-first');
      await checkout.breakChartTest();
      const { code, stderr, result } = await (await checkout.beginRelease(namespace, good)).end;
      expect(code).toBe(1);
      expect(stderr).toContain('▸ Uninstall it');
      expect(stderr).toMatch(/The log of jwt-api-test:\n(.*\n)*.*no round trip today/);
      expect(stderr).toMatch(/Nothing was installed before, and nothing is now\.\n$/);
      expect(result).toMatchObject({ outcome: 'failed', release: 'uninstalled' });
      expect(await releaseState(namespace)).toBeUndefined();
      await namespace.delete();
    });
  },
);
