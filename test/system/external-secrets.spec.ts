import { describeWith } from '../requirements.js';
import { AwsEmulator, REGION } from './aws-emulator.js';
import { check, isSignedBy, issue, read } from './client.js';
import { Namespace, pushedImage } from './cluster.js';
import { calm, eventually } from './pods.js';

const OLD = 'the secret of before, 32 bytes at least';
const NEW = 'the secret of after, 32 bytes at least';

/** The remote value, and what a change of it does: the key that signs then, and the answer to a token of before. */
interface Shape {
  kid: string;
  before: string;
  after: string;
  kidAfter: string;
  answerToOld: number;
}
const SHAPES: [string, Shape][] = [
  [
    'a folder as JSON',
    {
      kid: '',
      before: JSON.stringify({ active: 'main', main: OLD }),
      after: JSON.stringify({ active: 'next', main: OLD, next: NEW }),
      kidAfter: 'next',
      answerToOld: 200,
    },
  ],
  // Its key keeps its name, so that the tokens of the old secret count as forged.
  ['one secret', { kid: 'main', before: OLD, after: NEW, kidAfter: 'main', answerToOld: 401 }],
];
const STORES = ['ParameterStore', 'SecretsManager'] as const;
const CASES = STORES.flatMap((store) => SHAPES.map(([name, shape]) => ({ store, name, shape })));

describeWith(
  ['cluster', 'docker', 'externalSecrets', 'helm', 'python', 'registry'],
  'keys that the External Secrets Operator brings',
  () => {
    let aws: AwsEmulator;
    let namespace: Namespace;
    let image: object;

    beforeAll(async () => {
      aws = await AwsEmulator.start();
      image = await pushedImage();
      namespace = await Namespace.create('ext-keys');
    });
    afterAll(async () => {
      await aws?.stop(); // first: a server left behind would keep the next run from its address
      await namespace?.delete();
    });
    afterEach(async () => {
      await namespace.helm('helm', ['uninstall', 'jwt-api', '--ignore-not-found']);
      // What the operator made goes with what told it to.
      await namespace.kubectl(['wait', '--for=delete', 'secret/jwt-api-external-keys', '--timeout=60s']);
    });

    it.each(CASES)(
      'should reach the pods, and a change too without a restart: $name in the $store',
      async ({ store, shape }) => {
        const remote = `/${store}/${shape.kid}`;
        const put = (value: string) =>
          store === 'ParameterStore' ? aws.putParameter(remote, value) : aws.putSecret(remote, value);
        await put(shape.before);
        const external = {
          refreshInterval: '5s',
          aws: { service: store, region: REGION },
          remoteRef: { key: remote },
          kid: shape.kid,
        };
        await namespace.release({ image, keys: { mode: 'external', external } });
        const pods = await calm(namespace, 2);
        const addresses = await addressesOf(namespace);
        const tokens = await Promise.all(addresses.map(issue));
        expect(tokens.map((token) => [isSignedBy(OLD, token), read(token).header.kid])).toEqual([
          [true, 'main'],
          [true, 'main'],
        ]);

        const changed = Date.now();
        await put(shape.after);
        const next = await eventually('each pod to sign with the new secret', async () => {
          const found = await Promise.all(addresses.map(issue));
          return found.every((token) => isSignedBy(NEW, token)) && found;
        });
        const seconds = Math.round((Date.now() - changed) / 1_000);
        process.stdout.write(`  a change in the ${store} reached each pod after ${seconds} s\n`);

        expect(next.map((token) => read(token).header.kid)).toEqual([shape.kidAfter, shape.kidAfter]);
        const answers = (token = '') => Promise.all(addresses.map((address) => check(address, token)));
        await expect(answers(next[0])).resolves.toEqual([200, 200]);
        await expect(answers(tokens[0])).resolves.toEqual([shape.answerToOld, shape.answerToOld]);
        await expect(calm(namespace, 2)).resolves.toEqual(pods);
      },
    );
  },
);

/** Each pod's own address: through the Service nobody knows which one answers. */
async function addressesOf(namespace: Namespace): Promise<string[]> {
  const { items } = await namespace.get<{ items: { status: { podIP: string } }[] }>('pods');
  return items.map(({ status }) => `http://${status.podIP}:8080`);
}
