import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeWith } from '../requirements.js';
import { docker, dockerOutput } from './container.js';
import { Checkout } from './deploy.js';
import { ImmutableRegistry } from './deploy-registry.js';

const DIGEST = /^sha256:[0-9a-f]{64}$/;

describeWith(['docker'], 'npm run deploy -- image', () => {
  let checkout: Checkout;
  let registry: ImmutableRegistry;
  let repository: string;
  let first: string;

  beforeAll(async () => {
    checkout = await Checkout.create();
    registry = await ImmutableRegistry.start();
    repository = `${registry.host}/team/jwt-api`;
  });
  afterAll(() => {
    const images = dockerOutput('image', 'ls', '--format', '{{.Repository}}:{{.Tag}}', repository).split(
      '\n',
    );
    docker('image', 'rm', '--force', ...images.filter(Boolean));
    registry.stop();
    checkout.remove();
  });

  const image = (args: string[] = [], env: NodeJS.ProcessEnv = {}) =>
    checkout.begin('image', ['--registry', repository, '--json', ...args], env).end;

  it('should build the commit, push it, and tell its digest to whoever goes on with it', async () => {
    const commit = (await checkout.git('rev-parse', 'HEAD')).trim();
    const [file, output] = [join(checkout.folder, '.git/digest'), join(checkout.folder, '.git/output')];
    const { code, stdout, stderr, result } = await image(['--digest-file', file], { GITHUB_OUTPUT: output });

    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('✔ not there yet (') });
    first = `${result.digest}`;
    expect(first).toMatch(DIGEST);
    expect(stdout.split('\n')[0]).toBe(first);
    expect(readFileSync(file, 'utf8')).toBe(`${first}\n`);
    expect(readFileSync(output, 'utf8')).toBe(`image-digest=${first}\n`);
    expect(result).toMatchObject({ command: 'image', outcome: 'done', commit, built: true, code: 0 });
    const label = '{{index .Config.Labels "org.opencontainers.image.revision"}}';
    expect(dockerOutput('image', 'inspect', '--format', label, `${repository}@${first}`)).toBe(commit);
  });

  it('should take the image that the registry has, without building or pushing', async () => {
    const { code, stderr, result } = await image(['--verbose']);
    expect(code).toBe(0);
    expect(result).toMatchObject({ digest: first, built: false });
    expect(stderr.match(/^\$ .*/gm)).toEqual([expect.stringMatching(/^\$ docker pull /)]);
  });

  it('should take the image of a run that was faster, where no tag moves', async () => {
    registry.hidesOnce = true;
    const { code, stderr, result } = await image();
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('Push it') });
    expect(result).toMatchObject({ digest: first, built: true });
  });

  it('should make another image of another commit, from the layers of the one before', async () => {
    await checkout.commit();
    dockerOutput(
      'image',
      'rm',
      '--force',
      dockerOutput('image', 'ls', '--quiet', repository).split('\n')[0] ?? '',
    );
    const { code, stderr, result } = await image(['--verbose']);
    expect(code).toBe(0);
    expect(result.digest).not.toBe(first);
    expect(stderr).toMatch(new RegExp(`importing cache manifest from ${repository}`));
  });

  it('should refuse sources that are not those of the commit', async () => {
    checkout.change('src/main.ts', (content) => `${content}\n`);
    const changed = await image();
    await checkout.git('checkout', 'src/main.ts');
    expect(changed).toMatchObject({ code: 1, stderr: expect.stringContaining('M src/main.ts') });
    expect(changed.stderr).toContain('image failed: the sources are not those of the commit');

    const other = await image([], { GITHUB_SHA: '0'.repeat(40) });
    expect(other).toMatchObject({ code: 1, result: { outcome: 'failed', code: 1 } });
    expect(other.stderr).toContain(`not of the commit ${'0'.repeat(40)}\ngit checkout 0000`);
  });

  it('should say that the registry refuses the push', async () => {
    await checkout.commit();
    registry.refuses = true;
    const { code, stderr, result } = await image();
    registry.refuses = false;
    expect(code).toBe(1);
    expect(stderr).toMatch(/image failed: docker: denied.*\n.*docker login/);
    expect(result).toMatchObject({ command: 'image', outcome: 'failed', code: 1 });
  });

  it('should say that there is no registry', async () => {
    const { code, stderr } = await checkout.begin('image', ['--registry', '127.0.0.1:1/a']).end;
    expect(code).toBe(1);
    expect(stderr).toMatch(/image failed: docker: .*connection refused/);
  });
});
