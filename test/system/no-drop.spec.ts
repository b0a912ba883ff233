import { describeWith } from '../requirements.js';
import { Namespace, pushedImage } from './cluster.js';
import { underLoad } from './load.js';
import { calm, eventually, podsOf } from './pods.js';

describeWith(['cluster', 'docker', 'helm', 'registry'], 'a release under steady load', () => {
  let namespace: Namespace;
  let values: object;

  beforeAll(async () => {
    values = { image: await pushedImage() };
    namespace = await Namespace.create('nodrop-changes');
  });
  beforeEach(async () => {
    await namespace.release(values);
    await calm(namespace, 2);
  });
  afterAll(() => namespace.delete());

  const changed = () => namespace.release({ ...values, config: { logLevel: 'WARNING' } });
  const names = async () => (await calm(namespace, 2)).map(({ name }) => name);
  /** A change under load that puts new pods in the place of each. */
  const replacing = async (title: string, change: () => Promise<unknown>) => {
    const before = await names();
    const answers = await underLoad(namespace, title, async () => {
      await change();
      expect((await names()).filter((name) => before.includes(name))).toEqual([]);
    });
    expect(answers.faults).toEqual([]);
  };

  it('should lose nothing by an upgrade', () => replacing('a rolling upgrade', changed));

  it('should lose nothing by a rollback', async () => {
    await changed();
    await replacing('a rollback', () => namespace.helm('helm', ['rollback', 'jwt-api', '--wait=legacy']));
  });

  it('should lose nothing while it grows from two pods to five and shrinks back', async () => {
    const answers = await underLoad(namespace, 'two pods, five, two', async () => {
      await namespace.release({ ...values, replicaCount: 5 });
      await calm(namespace, 5);
      await namespace.release(values);
      await calm(namespace, 2);
    });
    expect(answers.faults).toEqual([]);
  });

  it('should lose nothing when pods are deleted', async () => {
    await replacing('each pod deleted', async () => {
      for (const name of await names()) {
        await namespace.kubectl(['delete', 'pod', name]);
        await calm(namespace, 2);
      }
    });
  });

  it('should lose nothing when a process is told to end behind the back of Kubernetes', async () => {
    const [pod] = await podsOf(namespace);
    const name = `${pod?.name}`;
    const answers = await underLoad(namespace, 'SIGTERM unannounced', async () => {
      await namespace.kubectl([
        'exec',
        name,
        '--',
        '/nodejs/bin/node',
        '--eval',
        "process.kill(1, 'SIGTERM')",
      ]);
      await eventually('the container to start anew', async () =>
        (await podsOf(namespace)).some((pod) => pod.name === name && pod.restarts > 0 && pod.isReady),
      );
    });
    expect(answers.faults).toEqual([]);
  });
});
