import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describeWith } from '../requirements.js';
import { CHART } from './chart.js';
import { Namespace, pushedImage } from './cluster.js';
import { underLoad } from './load.js';
import { calm, eventually } from './pods.js';

const MOST = 4;
/** The tests' load, shared by the most pods, still keeps each above this part of its request; an idle one is far below. */
const TARGET = 50;
/** Both ways at once: what the chart has by default is slow on purpose. */
const AT_ONCE = {
  stabilizationWindowSeconds: 0,
  policies: [{ type: 'Percent', value: 100, periodSeconds: 5 }],
};
const AUTOSCALING = {
  enabled: true,
  minReplicas: 2,
  maxReplicas: MOST,
  targetCPUUtilizationPercentage: TARGET,
  behavior: { scaleUp: AT_ONCE, scaleDown: { ...AT_ONCE, stabilizationWindowSeconds: 10 } },
};

describeWith(['cluster', 'docker', 'helm', 'registry'], 'a release that scales itself', () => {
  let namespace: Namespace;
  let values: object;

  /** The number of ready pods, once it is this one and no other is wanted. */
  const scaledTo = (count: number) =>
    eventually(`${count} pods`, async () => {
      const { spec, status } = await namespace.get<Deployment>('deployment', 'jwt-api');
      return spec.replicas === count && status.replicas === count && status.readyReplicas === count;
    });

  beforeAll(async () => {
    values = { image: await pushedImage(), autoscaling: AUTOSCALING };
    namespace = await Namespace.create('hpa-load');
    await namespace.release(values);
  });
  afterAll(() => namespace.delete());

  it('should keep to the fewest pods while they idle', async () => {
    await scaledTo(AUTOSCALING.minReplicas);
    // Only once it has measured that, it is the load that makes them more.
    await eventually('a quiet measurement', async () => {
      const { status } = await namespace.get<Autoscaler>('hpa', 'jwt-api');
      const used = status.currentMetrics?.[0]?.resource?.current.averageUtilization ?? Number.NaN;
      return status.desiredReplicas === AUTOSCALING.minReplicas && used < TARGET;
    });
  });

  it('should grow to the most pods under a load, and lose none to an upgrade', async () => {
    const answers = await underLoad(namespace, 'two pods, four, and an upgrade', async () => {
      await scaledTo(MOST);
      const numbers = await replicasDuring(namespace, async () => {
        await namespace.release({ ...values, config: { logLevel: 'WARNING' } });
      });
      expect(new Set(numbers)).toEqual(new Set([MOST]));
    });
    expect(answers.faults).toEqual([]);
  });

  it('should shrink to the fewest when the load has ended', () => scaledTo(AUTOSCALING.minReplicas));
});

describeWith(
  ['cluster', 'docker', 'helm', 'registry'],
  'a release that serves, when it is to scale itself',
  () => {
    let namespace: Namespace;

    beforeAll(async () => {
      namespace = await Namespace.create('hpa-later');
      await namespace.release({ image: await pushedImage() });
    });
    afterAll(() => namespace.delete());

    it("should keep its pods, as the chart's README tells", async () => {
      const [, scale = '', upgrade = ''] =
        /^## Autoscaling, later$.*?^ {4}kubectl (scale .*?) +#.*?^ {4}helm (upgrade .*?)$/ms.exec(
          readFileSync(`${CHART}/README.md`, 'utf8'),
        ) ?? [];
      await namespace.kubectl(scale.split(' '));
      await calm(namespace, 3);
      const numbers = await replicasDuring(namespace, async () => {
        await namespace.helm('helm', upgrade.split(' '));
        await eventually('the autoscaler to have looked', async () => {
          const { status } = await namespace.get<Autoscaler>('hpa', 'jwt-api');
          return status.desiredReplicas >= AUTOSCALING.minReplicas;
        });
      });
      expect(Math.min(...numbers)).toBeGreaterThanOrEqual(AUTOSCALING.minReplicas);
    });
  },
);

interface Deployment {
  spec: { replicas: number };
  status: { replicas: number; readyReplicas?: number };
}

interface Autoscaler {
  status: {
    desiredReplicas: number;
    currentMetrics?: { resource?: { current: { averageUtilization?: number } } }[];
  };
}

/** Every number of pods that the Deployment is told to have, from before a change until after it. */
async function replicasDuring(namespace: Namespace, change: () => Promise<unknown>): Promise<number[]> {
  const args = ['get', 'deployment', 'jwt-api', '--watch', '--output=jsonpath={.spec.replicas}{"\\n"}'];
  const options = ['--kubeconfig', namespace.kubeconfig, '--namespace', namespace.name];
  const watch = spawn('kubectl', [...options, ...args]);
  let seen = '';
  watch.stdout.setEncoding('utf8').on('data', (text) => (seen += text));
  try {
    await eventually('the watch', async () => seen !== '');
    await change();
  } finally {
    watch.kill();
  }
  return seen.trim().split('\n').map(Number);
}
