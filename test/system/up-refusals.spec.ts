import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describeWith } from '../requirements.js';
import { begin, kubeconfig, pathWith } from './up.js';

describeWith(['docker', 'helm', 'script'], 'npm run deploy -- up, before it touches anything', () => {
  const registry = ['--registry', 'registry.invalid/jwt-api'];
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'up-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  /** Runs it against a kubeconfig of the test's own: never the current one. */
  const up = (args: string[], env: NodeJS.ProcessEnv = {}) =>
    begin(args, { KUBECONFIG: join(folder, 'none'), ...env }).end;

  it('should refuse a cluster that does not look local', async () => {
    // Nobody has this address, which is for documentation.
    const KUBECONFIG = kubeconfig(folder, 'production', 'https://192.0.2.1');
    const { code, stderr } = await up(registry, { KUBECONFIG });
    expect(code).toBe(1);
    expect(stderr).toContain('up failed: the context production (https://192.0.2.1) does not look local');
    expect(stderr).toContain('--yes');
    expect(stderr).not.toContain('Build the image');
  });

  it.each([
    ['n', 'does not look local, so nothing was touched'],
    ['', 'does not look local, so nothing was touched'],
    ['y', 'does not answer at'],
  ])('should ask on a terminal first, and take %j for what it means', async (answer, said) => {
    // An address of this machine, written so that it does not look like one.
    const KUBECONFIG = kubeconfig(folder, 'shared', 'https://[::ffff:127.0.0.2]:1');
    const command = ['node', 'deploy/main.ts', 'up', ...registry].join(' ');
    const terminal = spawn('script', ['-qec', command, '/dev/null'], { env: { ...process.env, KUBECONFIG } });
    terminal.stdout.once('data', () => terminal.stdin.write(`${answer}\n`));
    const output = await text(terminal.stdout);
    expect(output).toMatch(/The context shared \(\S+\) does not look local\. Go on\? \(y\/N\)/);
    expect(output).toContain(said);
    expect(output).not.toContain('Build the image');
  });

  it('should ask for a registry where nothing loads images', async () => {
    const KUBECONFIG = kubeconfig(folder, 'own', 'https://127.0.0.1:1');
    const { code, stderr } = await up([], { KUBECONFIG });
    expect(code).toBe(1);
    expect(stderr).toContain('--registry HOST/REPOSITORY');
  });

  it('should say how to get a cluster if there is none', async () => {
    const { code, stderr } = await up(registry);
    expect(code).toBe(1);
    expect(stderr).toContain('up failed: there is no cluster');
    expect(stderr).toContain('kind create cluster');
  });

  it('should say how to get a cluster if it does not answer', async () => {
    const KUBECONFIG = kubeconfig(folder, 'kind-gone', 'https://127.0.0.1:1');
    const { code, stderr } = await up(registry, { KUBECONFIG });
    expect(code).toBe(1);
    expect(stderr).toContain('up failed: the cluster of the context kind-gone does not answer');
    expect(stderr).toContain('minikube start');
  });

  it('should name the contexts that there are', async () => {
    const KUBECONFIG = kubeconfig(folder, 'kind-dev', 'https://127.0.0.1:1');
    const { code, stderr } = await up(['--context', 'other'], { KUBECONFIG });
    expect(code).toBe(1);
    expect(stderr).toContain('no context other\nIt has: kind-dev.');
  });

  it.each(['docker', 'helm', 'kubectl'])('should name %s where it is missing', async (missing) => {
    const others = ['docker', 'helm', 'kubectl'].filter((tool) => tool !== missing);
    const { code, stderr } = await up([], { PATH: await pathWith(folder, 'node', ...others) });
    expect(code).toBe(1);
    expect(stderr).toContain(
      `up failed: ${missing} is not installed, or not on the PATH\n${missing}: https://`,
    );
    expect(stderr.match(/is not installed/g)).toHaveLength(1);
  });

  it('should name what loads images into the cluster where that is missing', async () => {
    const PATH = await pathWith(folder, 'node', 'docker', 'helm', 'kubectl');
    const KUBECONFIG = kubeconfig(folder, 'kind-dev', 'https://127.0.0.1:1');
    const { code, stderr } = await up([], { PATH, KUBECONFIG });
    expect(code).toBe(1);
    expect(stderr).toContain('kind is not installed');
  });

  it('should name a tool that is too old', async () => {
    const bin = await pathWith(folder, 'docker', 'kubectl');
    writeFileSync(join(bin, 'helm'), '#!/bin/sh\necho v3.9.4\n', { mode: 0o755 });
    const { code, stderr } = await up([], { PATH: `${bin}${delimiter}${process.env.PATH}` });
    expect(code).toBe(1);
    expect(stderr).toContain('up failed: helm 3.9 is too old, 3.14 will do\nhelm: https://');
  });

  it("should say that Docker's engine does not answer", async () => {
    const { code, stderr } = await up([], { DOCKER_HOST: 'tcp://127.0.0.1:1' });
    expect(code).toBe(1);
    expect(stderr).toContain('up failed: docker has no engine that answers');
  });

  it('should tell every wrong option at once', async () => {
    const { code, stderr } = await up(['--namespace', 'A', '--nope'], { DEPLOY_TIMEOUT: 'soon' });
    expect(code).toBe(2);
    expect(stderr).toContain('--namespace (DEPLOY_NAMESPACE) must');
    expect(stderr).toContain('--timeout (DEPLOY_TIMEOUT) must');
    expect(stderr).toContain('unknown option --nope');
  });

  it('should explain itself', async () => {
    const { code, stdout } = await up(['--help']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ {2}--registry HOST\/REPOSITORY +DEPLOY_REGISTRY +/m);
    expect(stdout).toMatch(/^ {2}--timeout DURATION .* \(5m\)$/m);
  });
});
