import { describeWith } from '../requirements.js';
import { AwsEmulator, REGION } from './aws-emulator.js';
import { check, issue, read } from './client.js';
import { Namespace, pushedImage } from './cluster.js';
import { awsEnvironment, Checkout, placeOf, type Run } from './deploy.js';
import { calm } from './pods.js';

const SECRET = 'the secret of before, 32 bytes at least';
/** A key may sign as soon as every pod has it. */
const AT_ONCE = { JWKS_MAX_AGE: '0s' };

const STORES = [
  { store: 'ParameterStore', flag: '--secret-parameter' },
  { store: 'SecretsManager', flag: '--secret-id' },
] as const;

describeWith(
  ['cluster', 'docker', 'externalSecrets', 'helm', 'python', 'registry'],
  'npm run deploy -- keys, of a source in AWS',
  () => {
    let aws: AwsEmulator;
    let namespace: Namespace;
    let checkout: Checkout;
    let image: { repository: string; digest: string };

    beforeAll(async () => {
      aws = await AwsEmulator.start();
      image = await pushedImage();
      checkout = await Checkout.create();
    });
    afterAll(async () => {
      await aws?.stop(); // first: a server left behind would keep the next run from its address
      checkout?.remove();
    });
    beforeEach(async () => {
      namespace = await Namespace.create('keys-sources');
    });
    afterEach(() => namespace.delete());

    const run = async (command: string, ...args: string[]): Promise<Run> => {
      const [place, env] = await placeOf(namespace);
      const ended = await checkout.begin(command, [...args, ...place], { ...env, ...awsEnvironment() }).end;
      expect({ code: ended.code, stderr: ended.stderr }).toMatchObject({ code: 0 });
      return ended;
    };

    it.each(STORES)(
      'should change the folder that the operator brings to the pods: $store',
      async ({ store, flag }) => {
        const remote = `/keys/${store}`;
        const folder = JSON.stringify({ active: 'main', main: SECRET });
        await (store === 'ParameterStore' ? aws.putParameter(remote, folder) : aws.putSecret(remote, folder));
        const external = {
          refreshInterval: '5s',
          aws: { service: store, region: REGION },
          remoteRef: { key: remote },
        };
        await namespace.release({ image, keys: { mode: 'external', external }, env: AT_ONCE });
        await calm(namespace, 2);
        const address = await namespace.address();
        const before = await issue(address);

        const { result, stdout, stderr } = await run('keys', 'rotate', flag, remote, '--algorithm', 'ES256');
        expect(result).toMatchObject({
          did: [/^add /, /^activate /].map((step) => expect.stringMatching(step)),
          next: { step: 'retire', kid: 'main', due: expect.any(String) },
        });
        expect(read(await issue(address)).header).toMatchObject({ alg: 'ES256', kid: result.active });
        expect(await check(address, before)).toBe(200);
        const value = JSON.parse(await aws.value(store, remote));
        expect(Object.keys(value).sort()).toEqual(['.rotation', result.active, 'active', 'main'].sort());
        expect(`${stdout}${stderr}`).not.toContain(value[`${result.active}`].split('\n')[1]);
      },
    );

    it('should make a folder of the secret that a release brings, and releases bring it on', async () => {
      const name = '/keys/secret';
      await aws.putParameter(name, SECRET);
      const release = () =>
        run(
          'release',
          ...['--registry', image.repository, '--digest', image.digest, '--secret-parameter', name],
        );
      await release();
      const address = await namespace.address();
      const before = await issue(address);
      const { result } = await run('keys', 'add', '--secret-parameter', name, '--algorithm', 'RS256');
      await run('keys', 'activate', '--secret-parameter', name, '--kid', `${result.kid}`, '--force');
      expect(read(await issue(address)).header).toMatchObject({ alg: 'RS256', kid: result.kid });

      const value = JSON.parse(await aws.value('ParameterStore', name));
      await release();
      const { data } = await namespace.get<{ data: Record<string, string> }>('secret', 'jwt-api-keys');
      const held = Object.entries(data).map(([file, text]) => [file, Buffer.from(text, 'base64').toString()]);
      expect(Object.fromEntries(held)).toEqual(value);
      expect(read(await issue(address)).header.kid).toBe(result.kid);
      expect(await check(address, before)).toBe(200);
    });
  },
);
