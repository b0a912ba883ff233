import { Failure } from './failure.ts';
import { ToolFailure } from './tool-failure.ts';
import type { Tools } from './tools.ts';

/** RFC 7518 §3.2: an HS256 key has 32 bytes at least. The service takes no more than 16 KiB. */
const FEWEST_BYTES = 32;
const MOST_BYTES = 16 * 1024;

/** Where the secret that signs may come from. */
export interface SecretSource {
  'secret-parameter'?: string;
  'secret-id'?: string;
}

/**
 * The secret that signs, from the environment, else from the parameter or the secret that is named; nothing where none is
 * declared. The tools conceal it from then on.
 */
export async function readSecret(
  tools: Tools,
  { 'secret-parameter': parameter, 'secret-id': id }: SecretSource,
  env: NodeJS.ProcessEnv = process.env,
): Promise<string | undefined> {
  if (env.JWT_SECRET) {
    return checked(tools, env.JWT_SECRET, 'JWT_SECRET');
  }
  if (parameter) {
    return checked(tools, await readParameter(tools, parameter), `the parameter ${parameter}`);
  }
  return id ? checked(tools, await readSecretsManager(tools, id), `the secret ${id}`) : undefined;
}

/** The value of the parameter or the secret that is named, whatever it is. The tools conceal it from then on. */
export async function readValue(
  tools: Tools,
  { 'secret-parameter': parameter, 'secret-id': id = '' }: SecretSource,
): Promise<string> {
  const value = parameter ? await readParameter(tools, parameter) : await readSecretsManager(tools, id);
  const text = value.replace(/\r?\n$/, '');
  tools.conceal(text);
  return text;
}

/** What is told of where the secret comes from. */
export function nameOf(source: SecretSource, env: NodeJS.ProcessEnv = process.env): string | undefined {
  const { 'secret-parameter': parameter, 'secret-id': id } = source;
  return env.JWT_SECRET ? 'JWT_SECRET' : (parameter ?? id);
}

async function readParameter(tools: Tools, name: string): Promise<string> {
  const args = ['ssm', 'get-parameter', '--name', name, '--with-decryption', '--output', 'json'];
  const answer = await ask(tools, args, `the parameter ${name}`, makeParameter(name));
  const { Parameter } = JSON.parse(answer) as { Parameter: { Type: string; Value: string } };
  if (Parameter.Type !== 'SecureString') {
    throw new Failure(`the parameter ${name} is a ${Parameter.Type}, which anybody who lists it reads`, {
      hint: `Put another secret into one of the type SecureString:\n  ${makeParameter(name)} --overwrite`,
    });
  }
  return Parameter.Value;
}

async function readSecretsManager(tools: Tools, id: string): Promise<string> {
  const args = ['secretsmanager', 'get-secret-value', '--secret-id', id, '--output', 'json'];
  const make = `openssl rand -base64 48 | aws secretsmanager create-secret --name ${id} --secret-string file:///dev/stdin`;
  const answer = await ask(tools, args, `the secret ${id}`, make);
  return (JSON.parse(answer) as { SecretString?: string }).SecretString ?? '';
}

/** The value is read from standard input: never on a command line. */
const makeParameter = (name: string) =>
  `openssl rand -base64 48 | aws ssm put-parameter --name ${name} --type SecureString --value file:///dev/stdin`;

async function ask(tools: Tools, args: string[], what: string, make: string): Promise<string> {
  try {
    return await tools.read('aws', args);
  } catch (error) {
    if (error instanceof ToolFailure && /ParameterNotFound|ResourceNotFoundException/.test(error.output)) {
      throw new Failure(`${what} is missing`, { hint: `Make it:\n  ${make}`, detail: error.message });
    }
    throw error instanceof ToolFailure
      ? new Failure(`${what} cannot be read: ${error.message}`, { detail: error.detail })
      : error;
  }
}

/** A line break at the end is not part of it, as in the service. */
function checked(tools: Tools, value: string, from: string): string {
  const secret = value.replace(/\r?\n$/, '');
  const bytes = Buffer.byteLength(secret);
  tools.conceal(secret);
  if (bytes < FEWEST_BYTES || bytes > MOST_BYTES) {
    throw new Failure(`${from} has ${bytes} bytes: it must have ${FEWEST_BYTES} to ${MOST_BYTES}`, {
      hint: 'A good one: openssl rand -base64 48',
    });
  }
  return secret;
}
