import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { pythonPrograms } from './python.ts';

export const REGION = 'eu-central-1';

/** Whoever calls, with temporary credentials; else the account's administrator. */
export interface Credentials {
  AccessKeyId: string;
  SecretAccessKey: string;
  SessionToken: string;
}

/** The AWS of test/aws on this machine, at the address that TEST_AWS_ENDPOINT names. */
export class AwsEmulator {
  readonly #process: ChildProcess;
  readonly #endpoint: string;
  readonly #region: string;
  readonly #secrets = new Set<string>();

  private constructor(process: ChildProcess, endpoint: string, region: string) {
    this.#process = process;
    this.#endpoint = endpoint;
    this.#region = region;
  }

  /** @param options the emulator's own, as `--help` of test/aws/emulator.py tells them, beside its port and region */
  static async start(region = REGION, options: Record<string, string> = {}): Promise<AwsEmulator> {
    const endpoint = `${process.env.TEST_AWS_ENDPOINT}`;
    // Control port 0: any that is free.
    const all = { port: new URL(endpoint).port, region, 'control-port': '0', ...options };
    const args = Object.entries(all).flatMap(([name, value]) => [`--${name}`, value]);
    const python = `${pythonPrograms('test/aws/requirements.txt')}/python`;
    const child = spawn(python, ['test/aws/emulator.py', ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [printed] = await Promise.race([once(child.stdout, 'data'), once(child, 'exit')]);
    if (`${printed}`.trim() !== 'ready') {
      throw new Error(`the AWS emulator did not start at ${endpoint}`);
    }
    return new AwsEmulator(child, endpoint, region);
  }

  async stop(): Promise<void> {
    // Else it has ended by itself, and never tells it again.
    if (this.#process.kill()) {
      await once(this.#process, 'exit');
    }
  }

  /** Makes a parameter (a SecureString), or gives it another value. */
  async putParameter(name: string, value: string): Promise<void> {
    const body = { Name: name, Value: value, Type: 'SecureString', Overwrite: true };
    await this.call('ssm', 'AmazonSSM.PutParameter', body);
  }

  /** Makes a secret of the Secrets Manager, or gives it another value. */
  async putSecret(name: string, value: string): Promise<void> {
    const [action, id] = this.#secrets.has(name) ? ['PutSecretValue', 'SecretId'] : ['CreateSecret', 'Name'];
    await this.call('secretsmanager', `secretsmanager.${action}`, { [id]: name, SecretString: value });
    this.#secrets.add(name);
  }

  /** The value of a parameter, or of a secret of the Secrets Manager. */
  async value(store: 'ParameterStore' | 'SecretsManager', name: string): Promise<string> {
    if (store === 'SecretsManager') {
      const secret = await this.call('secretsmanager', 'secretsmanager.GetSecretValue', { SecretId: name });
      return secret.SecretString as string;
    }
    const body = { Name: name, WithDecryption: true };
    const { Parameter } = await this.call('ssm', 'AmazonSSM.GetParameter', body);
    return (Parameter as { Value: string }).Value;
  }

  /** A call of AWS's JSON protocol. Of a signature the emulator reads the key, the service and the region. */
  async call(
    service: string,
    target: string,
    body: object,
    as?: Credentials,
  ): Promise<Record<string, unknown>> {
    const scope = `${as?.AccessKeyId ?? 'any'}/20260101/${this.#region}/${service}/aws4_request`;
    const response = await fetch(this.#endpoint, {
      method: 'POST',
      headers: {
        authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=00`,
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': target,
        ...(as && { 'x-amz-security-token': as.SessionToken }),
      },
      body: JSON.stringify(body),
    });
    const answer = await response.text();
    if (!response.ok) {
      throw new Error(`${target}: ${answer}`);
    }
    return answer ? JSON.parse(answer) : {};
  }
}
