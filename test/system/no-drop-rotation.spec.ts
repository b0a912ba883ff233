import { setTimeout as sleep } from 'node:timers/promises';
import { describeWith } from '../requirements.js';
import { issue, read } from './client.js';
import { Namespace, pushedImage } from './cluster.js';
import { underLoad } from './load.js';
import { calm, eventually, podsOf } from './pods.js';

/** How long a token is valid, in seconds, and a key has to stay after it has signed its last one. */
const LIFETIME = 20;

describeWith(['cluster', 'docker', 'helm', 'registry'], 'a rotation of the keys under steady load', () => {
  let namespace: Namespace;

  const setKeys = (active: string, ...kids: string[]) => {
    const data = Object.fromEntries([['active', active], ...kids.map((kid) => [kid, kid.padEnd(32, '.')])]);
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'keys' }, stringData: data };
    return namespace.kubectl(['replace', '--filename', '-'], JSON.stringify(secret));
  };

  /** Waits until each pod says of itself that it has these keys and no other. */
  const spread = (active: string, ...kids: string[]) =>
    eventually(`the keys ${kids} in every pod`, async () => {
      const told = await Promise.all((await podsOf(namespace)).map(({ name }) => keysOf(name)));
      const wanted = kids.map((kid) => `kid="${kid}",active="${kid === active}"`).sort();
      return told.every((keys) => keys.join() === wanted.join());
    });

  const keysOf = async (pod: string) => {
    const path = `/api/v1/namespaces/${namespace.name}/pods/${pod}:9090/proxy/metrics`;
    const metrics = await namespace.kubectl(['get', '--raw', path]);
    return [...metrics.matchAll(/^jwt_keys_accepted\{(.*)\} 1$/gm)].map(([, labels]) => labels).sort();
  };

  beforeAll(async () => {
    namespace = await Namespace.create('nodrop-rotation');
    await namespace.kubectl(['create', 'secret', 'generic', 'keys']);
    await setKeys('old', 'old');
    await namespace.release({
      image: await pushedImage(),
      keys: { mode: 'existing', existingSecret: 'keys' },
      config: { tokenTtl: `${LIFETIME}s` },
    });
    await calm(namespace, 2);
  });
  afterAll(() => namespace.delete());

  it('should refuse no token that is valid', async () => {
    const pods = await podsOf(namespace);
    const answers = await underLoad(namespace, 'a rotation', async () => {
      await setKeys('old', 'old', 'new');
      await spread('old', 'old', 'new');
      await setKeys('new', 'old', 'new');
      await spread('new', 'old', 'new');
      // Until the old key's last token has expired. The load sends each token as long as that is valid.
      await sleep(LIFETIME * 1_000 + 1_000);
      await setKeys('new', 'new');
      await spread('new', 'new');
    });
    expect(answers.faults).toEqual([]);
    expect(read(await issue(await namespace.address())).header.kid).toBe('new');
    // No pod was replaced or restarted for it.
    expect(await podsOf(namespace)).toEqual(pods);
  });
});
