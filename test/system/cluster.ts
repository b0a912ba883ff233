import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { CHART, type Helm } from './chart.js';

export interface Ended {
  status: number | null;
  stdout: string;
  stderr: string;
}

/** A program that failed: what it said is the message. */
export class ProgramError extends Error {
  constructor(
    command: string,
    readonly ended: Ended,
  ) {
    super(`${command}\n${ended.stderr || ended.stdout}`);
  }
}

/** Runs a program to its end, while this process goes on. @throws {ProgramError} if it fails */
export async function execute(program: string, args: string[], input = ''): Promise<string> {
  const child = spawn(program, args);
  const closed = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject).once('close', resolve);
  });
  child.stdin.on('error', () => undefined).end(input);
  const [status, stdout, stderr] = await Promise.all([closed, text(child.stdout), text(child.stderr)]);
  if (status !== 0) {
    throw new ProgramError(`${program} ${args.join(' ')}`, { status, stdout, stderr });
  }
  return stdout;
}

/** Runs kubectl on the throw-away cluster. The kubeconfig is always given: never the current context. */
export function kubectl(args: string[], input = ''): Promise<string> {
  return execute('kubectl', ['--kubeconfig', `${process.env.TEST_KUBECONFIG}`, ...args], input);
}

/** Where the tests push the images that they make. */
export const REPOSITORY = `${process.env.TEST_REGISTRY}/jwt-api`;

/** An image in the registry, as the chart is told of it. */
export interface PushedImage {
  repository: string;
  digest: string;
}

/** The image of this checkout, built and in the registry. Each revision, which it names, has a digest of its own. */
export async function pushedImage(revision = 'test'): Promise<PushedImage> {
  const image = `${REPOSITORY}:${revision}`;
  await execute('docker', ['build', '--quiet', '--build-arg', `REVISION=${revision}`, '--tag', image, '.']);
  return { repository: REPOSITORY, digest: await push(image) };
}

/** An image that does not start, built of one that does, and in the registry. Answers its digest. */
export async function brokenImage(image: string, tag: string): Promise<string> {
  const dockerfile = `FROM ${image}\nCMD ["dist/nowhere.cjs"]\n`;
  await execute('docker', ['build', '--quiet', '--tag', tag, '-'], dockerfile);
  return push(tag);
}

/** The digests of an image that serves and of one that does not start. */
export async function goodAndBrokenImage(): Promise<{ good: string; broken: string }> {
  const { digest: good } = await pushedImage();
  return { good, broken: await brokenImage(`${REPOSITORY}@${good}`, `${REPOSITORY}:broken`) };
}

/** Pushes an image. Answers its digest. */
async function push(image: string): Promise<string> {
  const [digest] = /sha256:[a-f0-9]{64}/.exec(await execute('docker', ['push', image])) ?? [];
  return `${digest}`;
}

/** A namespace of the cluster, and somebody's way to it. */
export class Namespace {
  constructor(
    readonly name: string,
    readonly kubeconfig = `${process.env.TEST_KUBECONFIG}`,
  ) {}

  /** An empty namespace; what an interrupted run has left under its name goes first. */
  static async create(name: string, labels: string[] = []): Promise<Namespace> {
    await kubectl(['delete', 'namespace', name, '--ignore-not-found']);
    await kubectl(['create', 'namespace', name]);
    if (labels.length > 0) {
      await kubectl(['label', 'namespace', name, ...labels]);
    }
    return new Namespace(name);
  }

  async delete(): Promise<void> {
    await kubectl(['delete', 'namespace', this.name, '--wait=false']);
  }

  kubectl(args: string[], input = ''): Promise<string> {
    return execute('kubectl', ['--kubeconfig', this.kubeconfig, '--namespace', this.name, ...args], input);
  }

  helm(program: Helm, args: string[], input = ''): Promise<string> {
    return execute(program, [...args, '--kubeconfig', this.kubeconfig, '--namespace', this.name], input);
  }

  /** Installs the chart, or upgrades its release, with these values, and waits until it serves. */
  async release(values: object, { helm = 'helm' as Helm, name = 'jwt-api', args = [] as string[] } = {}) {
    const wait = helm === 'helm' ? '--wait=legacy' : '--wait';
    const command = ['upgrade', '--install', name, CHART, '--values', '-', wait, '--timeout', '3m', ...args];
    return this.helm(helm, command, JSON.stringify(values));
  }

  /** An object, or a list of them. */
  async get<T>(...args: string[]): Promise<T> {
    return JSON.parse(await this.kubectl(['get', ...args, '--output', 'json'])) as T;
  }

  /** Where a Service answers. This machine has to be one of the cluster, or have a route to its addresses. */
  async address(service = 'jwt-api'): Promise<string> {
    const { spec } = await this.get<{ spec: { clusterIP: string; ports: [{ port: number }] } }>(
      'service',
      service,
    );
    return `http://${spec.clusterIP}:${spec.ports[0].port}`;
  }
}
