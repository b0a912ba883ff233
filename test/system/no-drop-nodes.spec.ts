import { setTimeout as sleep } from 'node:timers/promises';
import { describeWith } from '../requirements.js';
import { run } from './chart.js';
import { execute, kubectl, Namespace, pushedImage } from './cluster.js';
import { underLoad } from './load.js';
import { calm, eventually, nodes, podsOf, servingNodes } from './pods.js';

/** Milliseconds in which each node's proxy hears of a change of the Service's pods. */
const SPREAD = 2_000;
/** Milliseconds for which the service is watched with a node less. */
const WITHOUT = 10_000;

let namespace: Namespace;

async function install(name: string): Promise<void> {
  namespace = await Namespace.create(name);
  await namespace.release({ image: await pushedImage() });
  await calm(namespace, 2);
}

/** New pods in the place of those that are there. */
async function restart(): Promise<string[]> {
  await namespace.kubectl(['rollout', 'restart', 'deployment/jwt-api']);
  await namespace.kubectl(['rollout', 'status', 'deployment/jwt-api', '--timeout=2m']);
  return (await calm(namespace, 2)).map(({ node }) => node);
}

describeWith(['cluster', 'docker', 'helm', 'registry'], 'a release whose node is drained', () => {
  beforeAll(() => install('nodrop-drain'));
  afterAll(() => namespace.delete());

  it('should lose nothing, though both pods run there', async () => {
    const [drained] = (await podsOf(namespace)).map(({ node }) => node) as [string];
    const others = (await nodes()).map(({ name }) => name).filter((name) => name !== drained);
    let warnings = '';
    try {
      await kubectl(['cordon', ...others]);
      expect(await restart()).toEqual([drained, drained]);
      await kubectl(['uncordon', ...others]);
      const answers = await underLoad(namespace, 'a drain', async () => {
        warnings = drain(drained);
        await calm(namespace, 2);
      });
      expect(answers.faults).toEqual([]);
    } finally {
      await kubectl(['uncordon', drained, ...others]);
    }
    // The second pod was not given up before the first one's successor was ready.
    expect(warnings).toContain("violate the pod's disruption budget");
  });

  /** Only the release's own pods leave: what else runs there is not this test's to move. Gives what kubectl warns of. */
  function drain(node: string): string {
    const selector = '--pod-selector=app.kubernetes.io/instance=jwt-api';
    const options = ['--ignore-daemonsets', '--delete-emptydir-data', '--timeout=3m'];
    const cluster = ['--kubeconfig', `${process.env.TEST_KUBECONFIG}`];
    const { status, stderr } = run('kubectl', [...cluster, 'drain', node, selector, ...options]);
    if (status !== 0) {
      throw new Error(stderr);
    }
    return stderr;
  }
});

describeWith(['cluster', 'cut', 'docker', 'helm', 'registry'], 'a release whose node is lost', () => {
  beforeAll(() => install('nodrop-cut'));
  afterAll(() => namespace.delete());

  const onNetwork = (command?: string) => execute('sh', ['-c', `${command}`]);
  const allReady = async () => (await nodes()).every(({ isReady }) => isReady);

  it('should lose nothing from the moment the node is declared lost', async () => {
    while (new Set(await servingNodes(namespace)).size < 2) {
      await restart();
    }
    let cutAt = 0;
    let lostAt = 0;
    let lost: string | undefined;
    const answers = await underLoad(namespace, 'a node cut off and back', async () => {
      try {
        cutAt = Date.now();
        await onNetwork(process.env.TEST_CUT_NODE);
        ({ name: lost } = await eventually('a node to be missed', async () =>
          (await nodes()).find(({ isReady }) => !isReady),
        ));
        await eventually('its pods to leave the Service', async () =>
          (await servingNodes(namespace)).every((node) => node !== lost),
        );
        await sleep(SPREAD);
        lostAt = Date.now();
        await sleep(WITHOUT);
      } finally {
        await onNetwork(process.env.TEST_JOIN_NODE);
        await eventually('the node to be back', allReady);
      }
      await eventually('its pods to serve again', async () =>
        (await servingNodes(namespace)).includes(`${lost}`),
      );
    });
    const until = answers.after(cutAt).before(lostAt);
    process.stdout.write(
      `    until it was declared lost (${Math.round((lostAt - cutAt) / 1_000)} s): ${until}\n`,
    );
    process.stdout.write(`    from then on: ${answers.after(lostAt)}\n`);
    expect(answers.before(cutAt).faults).toEqual([]);
    // Else no request has ever gone there, and nothing is shown.
    expect(until.faults).not.toEqual([]);
    expect(answers.after(lostAt).faults).toEqual([]);
  });
});
