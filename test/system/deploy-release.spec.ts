import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeWith } from '../requirements.js';
import { AwsEmulator } from './aws-emulator.js';
import { check, issue, read } from './client.js';
import { Namespace, REPOSITORY } from './cluster.js';
import { dockerOutput } from './container.js';
import { awsEnvironment, Checkout, placeOf } from './deploy.js';
import { Watch } from './deploy-watch.js';
import { deployerOf } from './deployer.js';
import { underLoad } from './load.js';
import { calm, eventually } from './pods.js';

const SECRETS = ['a', 'b', 'c'].map((letter) => `${letter}-secret-that-nobody-sees-${letter.repeat(20)}`);
const [FIRST = '', SECOND = '', THIRD = ''] = SECRETS;
const needs = ['cluster', 'docker', 'externalSecrets', 'helm', 'python', 'registry'] as const;

describeWith([...needs], 'npm run deploy, from a commit to pods that serve it', () => {
  const isEcr = /\.dkr\.ecr\./.test(REPOSITORY);
  let aws: AwsEmulator;
  let checkout: Checkout;
  let namespace: Namespace;
  let deployer: Namespace;
  let folder: string;
  let digest: string;
  let firstToken: string;
  let watch: Watch;
  const printed: string[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'deploy-'));
    watch = new Watch(folder);
    aws = await AwsEmulator.start();
    checkout = await Checkout.create();
    namespace = await Namespace.create('deploy-release');
    deployer = await deployerOf(namespace, folder);
  });
  afterAll(async () => {
    await namespace.delete();
    checkout.remove();
    await aws.stop();
    rmSync(folder, { recursive: true });
  });

  async function deploy(command: string, args: string[] = [], env: NodeJS.ProcessEnv = {}) {
    const [place, kubeconfig] = await placeOf(deployer);
    const run = await checkout.begin(command, [...place, ...args], {
      ...watch.of(awsEnvironment()),
      ...kubeconfig,
      ...env,
    }).end;
    printed.push(run.stdout, run.stderr);
    return run;
  }

  async function image() {
    const env = { ...watch.of(awsEnvironment()), JWT_SECRET: FIRST };
    const run = await checkout.begin('image', ['--registry', REPOSITORY, '--json'], env).end;
    printed.push(run.stdout, run.stderr);
    expect(run).toMatchObject({ code: 0 });
    expect(run.stderr.includes('Log in to')).toBe(isEcr);
    return `${run.result.digest}`;
  }

  const release = (args: string[], env: NodeJS.ProcessEnv = {}) =>
    deploy('release', ['--registry', REPOSITORY, '--digest', digest, ...args], env);
  const names = async () => (await calm(namespace, 2)).map(({ name }) => name).sort();

  it('should make a first release, with the secret of the environment', async () => {
    digest = await image();
    const diff = await release(['--diff'], { JWT_SECRET: FIRST });
    expect(diff).toMatchObject({ code: 0, stdout: expect.stringContaining('+ kind: Deployment') });
    expect(await namespace.kubectl(['get', 'configmaps,secrets', '--output', 'name'])).not.toMatch(/jwt-api/);

    const { code, stderr, result } = await release([], { JWT_SECRET: FIRST });
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('✔ revision 1 (') });
    expect(result).toMatchObject({ outcome: 'done', revision: 1, image: `${REPOSITORY}@${digest}` });
    firstToken = await issue(await namespace.address());
    expect(await check(await namespace.address(), firstToken)).toBe(200);
  });

  it('should restart nothing when the same commit comes again', async () => {
    const before = await names();
    expect(await image()).toBe(digest);
    expect(await release(['--diff'], { JWT_SECRET: FIRST })).toMatchObject({ result: { changes: false } });
    expect(await release([], { JWT_SECRET: FIRST })).toMatchObject({ code: 0, result: { revision: 2 } });
    expect(await names()).toEqual(before);
  });

  it('should bring a new commit and a new secret without refusing a request or a token', async () => {
    await aws.putParameter('/deploy/secret', SECOND);
    await checkout.commit();
    digest = await image();
    const answers = await underLoad(namespace, 'a release of a new commit with a new secret', async () => {
      const { code, stderr } = await release(['--secret-parameter', '/deploy/secret']);
      expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('accepted as well: ') });
      // The new key signs as soon as the nodes have seen the change.
      await eventually(
        'a token of the new key',
        async () => (await signer()) !== read(firstToken).header.kid,
      );
    });
    expect(answers.faults).toEqual([]);
    expect(await check(await namespace.address(), firstToken)).toBe(200);
  });

  it('should take the secret of Secrets Manager, and sign with an earlier one again', async () => {
    await aws.putSecret('deploy-secret', THIRD);
    expect(await release(['--secret-id', 'deploy-secret'])).toMatchObject({ code: 0 });
    const { code, stderr } = await release([], { JWT_SECRET: FIRST });
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: expect.stringMatching(/accepted as well: \w+, \w+ \(/),
    });
    const secret = await namespace.get<{ data: Record<string, string> }>('secret', 'jwt-api-keys');
    const kid = Buffer.from(`${secret.data.active}`, 'base64').toString();
    expect(Buffer.from(`${secret.data[kid]}`, 'base64').toString()).toBe(FIRST);
    expect(Object.keys(secret.data)).toHaveLength(4);
  });

  it('should tell what runs, by which commit', async () => {
    const commit = (await checkout.git('rev-parse', 'HEAD')).trim();
    const { code, stdout, result } = await deploy('status');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^since +2\d{3}-/m);
    expect(result).toMatchObject({
      commit,
      image: `${REPOSITORY}@${digest}`,
      address: `jwt-api.${namespace.name}:80, inside the cluster`,
      pods: '2 of 2 ready',
      revision: 5,
    });
  });

  it('should bring the last good revision back, and again the one before', async () => {
    const commit = (await checkout.git('rev-parse', 'HEAD')).trim();
    const answers = await underLoad(namespace, 'rollback', async () => {
      expect(await deploy('rollback')).toMatchObject({ code: 0, result: { revision: 6, as: 4, commit } });
    });
    expect(answers.faults).toEqual([]);
    expect(await deploy('rollback')).toMatchObject({ code: 0, result: { revision: 7, as: 3 } });
    const { stdout, result } = await deploy('status');
    expect(stdout).toMatch(/^revision +7, which is 3 again$/m);
    expect(result).toMatchObject({ commit });
    expect(await check(await namespace.address(), firstToken)).toBe(200);
  });

  it('should have let the secrets nowhere else', async () => {
    const revisions = await namespace.kubectl([
      'get',
      'secrets',
      '--selector',
      'owner=helm',
      '--output',
      'json',
    ]);
    const items = (JSON.parse(revisions) as { items: { data: { release: string } }[] }).items;
    expect(items.length).toBeGreaterThan(5);
    const values = await Promise.all(
      items.map((_, index) =>
        namespace.helm('helm', ['get', 'all', 'jwt-api', '--revision', `${index + 1}`]),
      ),
    );
    const image = `${REPOSITORY}@${digest}`;
    for (const call of [/^docker push/m, /^helm .* upgrade/m, /^kubectl .* apply/m, /^aws ssm/m]) {
      expect(watch.commandLines).toMatch(call);
    }
    expect(watch.leftBehind).toEqual([]);
    const places = [
      ...printed,
      ...values,
      watch.commandLines,
      dockerOutput('image', 'inspect', image),
      dockerOutput('image', 'history', '--no-trunc', image),
      await namespace.kubectl(['get', 'pods,configmaps', '--output', 'json']),
    ];
    for (const secret of SECRETS) {
      const forms = [secret, Buffer.from(secret).toString('base64')];
      expect(places.filter((place) => forms.some((form) => place.includes(form)))).toEqual([]);
    }
  });

  it('should be told by doctor what it has and what it lacks', async () => {
    const all = ['--registry', REPOSITORY, '--secret-parameter', '/deploy/secret'];
    const { code, stdout, result } = await deploy('doctor', all);
    expect({ code, result }).toMatchObject({
      code: 1,
      result: { faults: [...(isEcr ? ['repository jwt-api in ECR'] : []), 'rights to custom resources'] },
    });
    expect(stdout).toMatch(/✔ AWS credentials: arn:aws:/);
    expect(stdout).toMatch(/✔ secret from \/deploy\/secret: \d+ bytes\n✔ cluster: /);
    expect(stdout).toContain('✔ rights in deploy-release: all that a release needs');
    expect(stdout).toContain('kubectl apply --filename -');
    printed.push(stdout);
  });

  async function signer(): Promise<string | undefined> {
    return read(await issue(await namespace.address())).header.kid;
  }

  it('should say that the parameter is missing, or the secret too short', async () => {
    const { code, stderr } = await release(['--secret-parameter', '/deploy/none']);
    expect(code).toBe(1);
    expect(stderr).toContain(
      'release failed: the parameter /deploy/none is missing\nMake it:\n  openssl rand',
    );
    expect(await release([], { JWT_SECRET: 'short' })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('release failed: JWT_SECRET has 5 bytes: it must have 32'),
    });
    expect(await release(['--secret-id', 'a', '--secret-parameter', 'b'])).toMatchObject({ code: 2 });
  });
});
