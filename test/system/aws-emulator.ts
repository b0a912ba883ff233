import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { until } from '../until.js';
import { pythonPrograms } from './python.js';

export const REGION = 'eu-central-1';

/** An AWS on this machine (moto), at the address where the cluster's External Secrets Operator looks for it. */
export class AwsEmulator {
  private readonly secrets = new Set<string>();

  private constructor(
    private readonly process: ChildProcess,
    private readonly endpoint: string,
  ) {}

  static async start(): Promise<AwsEmulator> {
    const endpoint = `${process.env.TEST_AWS_ENDPOINT}`;
    if (await answers(endpoint)) {
      throw new Error(`${endpoint} is in use: another server would be taken for this one`);
    }
    const { hostname, port } = new URL(endpoint);
    const server = `${pythonPrograms('test/system/aws/requirements.txt')}/moto_server`;
    const child = spawn(server, ['--host', hostname, '--port', port], { stdio: 'ignore' });
    await until('the AWS emulator', () => answers(endpoint));
    return new AwsEmulator(child, endpoint);
  }

  async stop(): Promise<void> {
    const ended = once(this.process, 'exit');
    this.process.kill();
    await ended;
  }

  /** Makes a parameter (a SecureString), or gives it another value. */
  async putParameter(name: string, value: string): Promise<void> {
    const body = { Name: name, Value: value, Type: 'SecureString', Overwrite: true };
    await this.call('ssm', 'AmazonSSM.PutParameter', body);
  }

  /** Makes a secret of the Secrets Manager, or gives it another value. */
  async putSecret(name: string, value: string): Promise<void> {
    const [action, id] = this.secrets.has(name) ? ['PutSecretValue', 'SecretId'] : ['CreateSecret', 'Name'];
    await this.call('secretsmanager', `secretsmanager.${action}`, { [id]: name, SecretString: value });
    this.secrets.add(name);
  }

  /** The value of a parameter, or of a secret of the Secrets Manager. */
  async value(store: 'ParameterStore' | 'SecretsManager', name: string): Promise<string> {
    if (store === 'SecretsManager') {
      return (await this.call('secretsmanager', 'secretsmanager.GetSecretValue', { SecretId: name }))
        .SecretString;
    }
    const body = { Name: name, WithDecryption: true };
    return (await this.call('ssm', 'AmazonSSM.GetParameter', body)).Parameter.Value;
  }

  /** A call of AWS's JSON protocol. Of a signature moto reads only which service and region it is for. */
  private async call(service: string, target: string, body: object) {
    const scope = `any/20260101/${REGION}/${service}/aws4_request`;
    const response = await fetch(this.endpoint, {
      method: 'POST',
      headers: {
        authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=00`,
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': target,
      },
      body: JSON.stringify(body),
    });
    if (!response.ok) {
      throw new Error(`${target}: ${await response.text()}`);
    }
    return (await response.json()) as { SecretString: string; Parameter: { Value: string } };
  }
}

function answers(endpoint: string): Promise<boolean> {
  return fetch(endpoint).then(
    () => true,
    () => false,
  );
}
