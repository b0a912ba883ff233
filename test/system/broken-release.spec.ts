import { describeWith } from '../requirements.js';
import { CHART, HELMS } from './chart.js';
import { Namespace, pushedImage } from './cluster.js';
import { underLoad } from './load.js';
import { calm } from './pods.js';

const DIGEST = `sha256:${'0'.repeat(64)}`;

/** What is broken, the values that break it, and what Kubernetes must have said of it. */
const FAULTS: [string, object, RegExp][] = [
  ['an image that does not exist', { image: { digest: DIGEST } }, /Failed to pull image .*@sha256:0{64}/],
  [
    'a configuration that refuses to start',
    { config: { tokenTtl: '9999d' } },
    /Back-off restarting failed container/,
  ],
  [
    'a Secret that is missing',
    { keys: { mode: 'existing', existingSecret: 'nowhere' } },
    /secret "nowhere" not found/,
  ],
];

/** So long is waited for what never comes, each time; a good upgrade needs half of it. */
const IN_VAIN = '15s';

describeWith(['cluster', 'docker', 'registry', ...HELMS], 'an upgrade with rollback on failure', () => {
  let image: object;
  beforeAll(async () => {
    image = await pushedImage();
  });

  describe.each([
    ['helm', ['--rollback-on-failure', '--wait=legacy']],
    ['helm3', ['--atomic', '--wait']],
  ] as const)('with %s', (helm, flags) => {
    let namespace: Namespace;

    const helmed = (...args: string[]) => namespace.helm(helm, args);
    /** All that a failed upgrade must leave as it was. */
    const state = async () => ({
      manifest: await helmed('get', 'manifest', 'jwt-api'),
      values: await helmed('get', 'values', 'jwt-api'),
      pods: (await calm(namespace, 2)).map(({ name, restarts }) => ({ name, restarts })),
    });
    const upgrade = (values: object, timeout: string) =>
      namespace.helm(
        helm,
        ['upgrade', 'jwt-api', CHART, '--reuse-values', '--values=-', ...flags, '--timeout', timeout],
        JSON.stringify(values),
      );
    const revisions = async (): Promise<Revision[]> =>
      JSON.parse(await helmed('history', 'jwt-api', '--output=json'));

    beforeAll(async () => {
      namespace = await Namespace.create(`life-broken-${helm}`);
      await namespace.release({ image }, { helm });
    });
    afterAll(() => namespace.delete());

    it.each(FAULTS)('should leave the old revision serving, given %s', async (fault, values, said) => {
      const before = await state();
      const last = (await revisions()).at(-1) as Revision;

      const answers = await underLoad(namespace, `${fault} (${helm})`, async () => {
        await expect(upgrade(values, IN_VAIN)).rejects.toThrow(/deadline|timed out/i);
      });
      expect(answers.faults).toEqual([]);

      await expect(state()).resolves.toEqual(before);
      expect((await revisions()).slice(-2)).toMatchObject([
        { revision: last.revision + 1, status: 'failed' },
        { status: 'deployed', description: `Rollback to ${last.revision}` },
      ]);
      expect(await messages(namespace)).toMatch(said);
    });

    it('should be what carries out an upgrade that is not broken', async () => {
      await upgrade({ config: { tokenTtl: '1h' } }, '3m');
      expect((await revisions()).at(-1)).toMatchObject({
        status: 'deployed',
        description: 'Upgrade complete',
      });
    });
  });
});

interface Revision {
  revision: number;
  status: string;
  description: string;
}

/** What Kubernetes said of the namespace's pods. */
async function messages(namespace: Namespace): Promise<string> {
  const { items } = await namespace.get<{ items: { message: string }[] }>('events');
  return items.map(({ message }) => message).join('\n');
}
