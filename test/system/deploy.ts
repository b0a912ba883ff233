import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { REGION } from './aws-emulator.js';
import { execute, type Namespace, REPOSITORY } from './cluster.js';
import { pythonPrograms } from './python.js';

const SOURCES = ['Dockerfile', 'package.json', 'package-lock.json', '.npmrc', '.dockerignore', '.gitignore'];
const FOLDERS = ['build', 'src', 'charts', 'deploy', 'tsconfig.json'];

export interface Run {
  code: number | null;
  stdout: string;
  stderr: string;
  /** Its last line, if that was asked for (`--json`). */
  result: Record<string, unknown>;
}

/** The sources of this checkout in a repository of their own, whose commits are a test's. */
export class Checkout {
  readonly folder = mkdtempSync(join(tmpdir(), 'deploy-'));

  static async create(): Promise<Checkout> {
    const checkout = new Checkout();
    for (const name of [...SOURCES, ...FOLDERS]) {
      cpSync(name, join(checkout.folder, name), { recursive: true });
    }
    symlinkSync(resolve('node_modules'), join(checkout.folder, 'node_modules'));
    await checkout.git('init', '--quiet');
    writeFileSync(join(checkout.folder, '.git/info/exclude'), 'node_modules\n');
    await checkout.commit();
    return checkout;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }

  /** Changes a file. */
  change(name: string, change: (content: string) => string): void {
    const file = join(this.folder, name);
    writeFileSync(file, change(readFileSync(file, 'utf8')));
  }

  /** Makes a commit of what has changed, or an empty one. Answers its id. */
  async commit(): Promise<string> {
    await this.git('add', '--all');
    const who = ['-c', 'user.name=test', '-c', 'user.email=test@example.com'];
    await this.git(...who, 'commit', '--quiet', '--allow-empty', '--message', 'a test');
    return (await this.git('rev-parse', 'HEAD')).trim();
  }

  /** Makes a commit with which the chart's test fails. */
  async breakChartTest(): Promise<void> {
    this.change('charts/jwt-api/files/roundtrip.mjs', () => 'throw new Error("no round trip today")\n');
    await this.commit();
  }

  git(...args: string[]): Promise<string> {
    return execute('git', ['-C', this.folder, ...args]);
  }

  /** Begins `npm run deploy -- COMMAND`, as somebody without a terminal, and without this process's CI variables. */
  begin(command: string, args: string[], env: NodeJS.ProcessEnv = {}) {
    const outside = Object.keys(process.env).filter((name) =>
      /^(GITHUB|CODEBUILD|DEPLOY|AWS|JWT)_/.test(name),
    );
    const child = spawn(process.execPath, [join(this.folder, 'deploy/main.ts'), command, ...args], {
      cwd: this.folder,
      env: { ...process.env, ...Object.fromEntries(outside.map((name) => [name, undefined])), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const closed = new Promise<number | null>((resolve) => child.once('close', resolve));
    const end = async (): Promise<Run> => {
      const [code, stdout, stderr] = await Promise.all([closed, text(child.stdout), text(child.stderr)]);
      const last = stdout.trimEnd().split('\n').at(-1) ?? '';
      return { code, stdout, stderr, result: last.startsWith('{') ? JSON.parse(last) : {} };
    };
    return { child, end: end() };
  }

  /** Begins a release of an image that the tests have pushed. */
  async beginRelease(into: Namespace, digest: string, args: string[] = []) {
    const [place, env] = await placeOf(into);
    return this.begin('release', [...place, '--registry', REPOSITORY, '--digest', digest, ...args], env);
  }
}

/** What a run on AWS has in its environment: the emulator's address, and somebody's credentials. */
export function awsEnvironment(): NodeJS.ProcessEnv {
  return {
    AWS_ENDPOINT_URL: process.env.TEST_AWS_ENDPOINT,
    AWS_ACCESS_KEY_ID: 'any',
    AWS_SECRET_ACCESS_KEY: 'any',
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION, // what version 1 of the AWS CLI reads
    AWS_MAX_ATTEMPTS: '1',
    PATH: [resolve(pythonPrograms('test/system/deploy/requirements.txt')), process.env.PATH].join(delimiter),
  };
}

/** The arguments by which a command finds a namespace. The context is always given: never the current one. */
export async function placeOf({ name, kubeconfig }: Namespace): Promise<[string[], NodeJS.ProcessEnv]> {
  const args = ['--kubeconfig', kubeconfig, 'config', 'current-context'];
  const context = (await execute('kubectl', args)).trim();
  return [['--context', context, '--namespace', name, '--json'], { KUBECONFIG: kubeconfig }];
}

/** The state of the release, as Helm has it last. */
export async function releaseState(
  namespace: Namespace,
): Promise<{ version: number; status: string } | undefined> {
  const answer = await namespace
    .helm('helm', ['status', 'jwt-api', '--output', 'json'])
    .catch(() => undefined);
  const release = answer && (JSON.parse(answer) as { version: number; info: { status: string } });
  return release ? { version: release.version, status: release.info.status } : undefined;
}
