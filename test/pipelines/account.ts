import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { ecrRepository } from '../../deploy/ecr.ts';
import { AwsEmulator, type Credentials } from '../system/aws-emulator.ts';
import { pythonPrograms } from '../system/python.ts';
import type { Issuer } from './issuer.ts';
import { machine, mustRun, run } from './program.ts';

/** The name of the cluster in the account. */
export const CLUSTER = 'apps';

/** A call of the AWS API, as the emulator decided it. */
export interface Call {
  at: string;
  service: string;
  action: string;
  /** The ARN of the role that made it; nothing for the account's administrator. */
  role: string | null;
  resources: string[];
  allowed: boolean;
  reason: string;
}

interface Resource<T> {
  type: string;
  stack: string;
  properties: T;
}

/**
 * An AWS account on this machine, with one EKS cluster, which is the throw-away cluster of the tests. It is a model, not AWS:
 * a real account alone shows what AWS does.
 */
export class Account {
  /** Its number. */
  readonly id = '123456789012';

  readonly region: string;
  readonly #emulator: AwsEmulator;

  private constructor(emulator: AwsEmulator, region: string) {
    this.#emulator = emulator;
    this.region = region;
  }

  static async start(
    issuer: Issuer,
    { region = registryRegion(), cluster = CLUSTER }: { region?: string; cluster?: string } = {},
  ): Promise<Account> {
    const { TEST_TOKEN_REVIEW: review } = process.env;
    const folder = mkdtempSync(join(tmpdir(), 'aws-'));
    const { server, ca } = await clusterOf(`${process.env.TEST_KUBECONFIG}`);
    writeFileSync(join(folder, 'ca.crt'), ca);
    const emulator = await AwsEmulator.start(region, {
      'control-port': new URL(`${review}`).port,
      cluster,
      'kube-server': server,
      'kube-ca': join(folder, 'ca.crt'),
      'issuer-keys': issuer.keysUrl,
    });
    rmSync(folder, { recursive: true });
    return new Account(emulator, region);
  }

  stop(): Promise<void> {
    return this.#emulator.stop();
  }

  /** What a machine has in its environment that works in this account: as that role, else as the administrator. */
  environment(as?: Credentials): NodeJS.Dict<string> & { PATH: string } {
    const cli = resolve(pythonPrograms('test/system/deploy/requirements.txt'));
    return {
      PATH: [cli, machine().PATH].join(delimiter),
      AWS_ENDPOINT_URL: process.env.TEST_AWS_ENDPOINT,
      AWS_ACCESS_KEY_ID: as?.AccessKeyId ?? 'administrator',
      AWS_SECRET_ACCESS_KEY: as?.SecretAccessKey ?? 'administrator',
      AWS_SESSION_TOKEN: as?.SessionToken,
      AWS_REGION: this.region,
      AWS_DEFAULT_REGION: this.region, // what version 1 of the AWS CLI reads
      AWS_MAX_ATTEMPTS: '1',
    };
  }

  /** Runs the AWS CLI. @throws {Error} with what it said */
  async aws(args: string[], as?: Credentials): Promise<string> {
    return (await mustRun('aws', args, { env: machine(this.environment(as)) })).trim();
  }

  /** Puts a secret into the parameter store. */
  putParameter(name: string, value: string): Promise<void> {
    return this.#emulator.putParameter(name, value);
  }

  /** Runs a command of the AWS CLI that must not work. Answers what it said. */
  async refused(args: string[], as?: Credentials): Promise<string> {
    const { code, stderr } = await run('aws', args, { env: machine(this.environment(as)) });
    return code === 0 ? '' : stderr.trim();
  }

  /** Makes a stack of one of the templates, as the docs do. Answers its outputs. */
  async createStack(
    name: string,
    template: string,
    parameters: Record<string, string> = {},
  ): Promise<Record<string, string>> {
    const overrides = Object.entries(parameters).map(([key, value]) => `${key}=${value}`);
    const file = `cloudformation/${template}.yml`;
    await this.aws([
      ...['cloudformation', 'deploy', '--stack-name', name, '--template-file', file],
      ...['--capabilities', 'CAPABILITY_IAM'],
      ...(overrides.length > 0 ? ['--parameter-overrides', ...overrides] : []),
    ]);
    const answer = await this.aws([
      'cloudformation',
      'describe-stacks',
      '--stack-name',
      name,
      '--output',
      'json',
    ]);
    const [stack] = (JSON.parse(answer) as { Stacks: { Outputs: Output[] }[] }).Stacks;
    return Object.fromEntries(
      (stack?.Outputs ?? []).map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]),
    );
  }

  /** An AWS service takes a role, for one of its resources. @throws {Error} if the role's trust policy forbids it */
  async serviceRole(service: string, roleArn: string, sourceArn: string): Promise<Credentials> {
    const sourceAccount = sourceArn.split(':')[4];
    const session = 'AWSCodeBuild-1';
    const body = { service: `${service}.amazonaws.com`, roleArn, sourceArn, sourceAccount, session };
    return (await this.#control('POST', '/service-role', body)) as Credentials;
  }

  /** Sets how the cluster lets people in, also to a mode that AWS lets nobody go back to. */
  async setAuthenticationMode(authenticationMode: string): Promise<void> {
    await this.#control('POST', '/cluster', { authenticationMode });
  }

  /** What a person does in the console: a click for each pending connection to GitHub. */
  async completeConnections(): Promise<void> {
    await this.#control('POST', '/connections/complete', {});
  }

  /** How a pipeline's execution goes, as its runner tells it. */
  async reportExecution(execution: object): Promise<void> {
    await this.#control('POST', '/executions', execution);
  }

  /** The credentials are good no longer. */
  async expire({ AccessKeyId }: Credentials): Promise<void> {
    await this.#control('POST', '/credentials/expire', { accessKeyId: AccessKeyId });
  }

  /** Every call since the start, or since they were last forgotten. */
  calls(): Promise<Call[]> {
    return this.#control('GET', '/calls') as Promise<Call[]>;
  }

  /** The properties, worked out, that the resources of a type were made with in a stack. */
  async resources<T>(stack: string, type: string): Promise<T[]> {
    const all = (await this.#control('GET', '/resources')) as Resource<T>[];
    return all
      .filter((resource) => resource.stack === stack && resource.type === type)
      .map(({ properties }) => properties);
  }

  /** A call for which the CLI has no command. */
  call(as: Credentials, service: string, target: string, body: object): Promise<Record<string, unknown>> {
    return this.#emulator.call(service, target, body, as);
  }

  async #control(method: string, path: string, body?: object): Promise<unknown> {
    const url = new URL(path, process.env.TEST_TOKEN_REVIEW);
    const response = await fetch(url, { method, body: body && JSON.stringify(body) });
    const answer = await response.text();
    if (!response.ok) {
      throw new Error(answer);
    }
    return answer ? JSON.parse(answer) : undefined;
  }
}

const registryRegion = () => ecrRepository(`${process.env.TEST_REGISTRY}/jwt-api`)?.region ?? '';

interface Output {
  OutputKey: string;
  OutputValue: string;
}

/** Where a cluster's API server is, and the certificate of its authority. */
async function clusterOf(kubeconfig: string): Promise<{ server: string; ca: Buffer }> {
  const view = ['config', 'view', '--minify', '--flatten', '--output', 'json'];
  const { clusters } = JSON.parse(await mustRun('kubectl', ['--kubeconfig', kubeconfig, ...view]));
  const { server, 'certificate-authority-data': ca } = clusters[0].cluster;
  return { server, ca: Buffer.from(ca, 'base64') };
}
