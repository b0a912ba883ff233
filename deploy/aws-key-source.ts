import { Failure } from './failure.ts';
import { type KeyFolder, keyId, parseFolder } from './key-folder.ts';
import type { KeySource } from './key-source.ts';
import { readValue, type SecretSource } from './secret.ts';
import { ToolFailure } from './tool-failure.ts';
import type { Tools } from './tools.ts';

/** A parameter of SSM, or a secret of Secrets Manager, whose value is the folder as a JSON object. */
export class AwsKeySource implements KeySource {
  readonly name: string;
  readonly #tools: Tools;
  readonly #given: SecretSource;
  readonly #copy: KeySource | undefined;
  isBehind = false;

  /** With a copy: the Secret that gets what is written here, as no operator brings it there. */
  constructor(tools: Tools, given: SecretSource, copy?: KeySource) {
    const { 'secret-parameter': parameter, 'secret-id': id } = given;
    this.name = parameter ? `parameter ${parameter}` : `secret ${id}`;
    this.#tools = tools;
    this.#given = given;
    this.#copy = copy;
  }

  async read(): Promise<KeyFolder> {
    const value = await readValue(this.#tools, this.#given);
    const folder = parseFolder(value);
    const copy = await this.#copy?.read();
    if (!folder) {
      return this.#begin(value, copy);
    }
    this.isBehind = copy !== undefined && JSON.stringify(sorted(copy)) !== JSON.stringify(sorted(folder));
    return folder;
  }

  /** A secret by itself is the only key that a release brought from here: those that it brought before it are beside it. */
  #begin(secret: string, copy?: KeyFolder): KeyFolder {
    if (copy?.[keyId(secret)] === secret) {
      return copy;
    }
    throw new Failure(`the ${this.name} is one secret, not a folder of keys`, {
      hint: copy
        ? 'Release it first: then it is one of the keys of the cluster, and becomes a folder with the first change.'
        : 'Make it one, under the id that keys.external.kid gives it, and set that to "":\n  {"active": "ID", "ID": "the secret"}',
    });
  }

  async write(folder: KeyFolder): Promise<void> {
    const { 'secret-parameter': parameter, 'secret-id': id } = this.#given;
    // From standard input: never on a command line.
    const args = parameter
      ? ['ssm', 'put-parameter', '--name', parameter, '--type', 'SecureString', '--overwrite', '--value']
      : ['secretsmanager', 'put-secret-value', '--secret-id', `${id}`, '--secret-string'];
    try {
      await this.#tools.feedFile('aws', [...args, 'file:///dev/stdin'], JSON.stringify(folder));
    } catch (error) {
      throw error instanceof ToolFailure
        ? new Failure(`the ${this.name} cannot be written: ${error.message}`, { detail: error.detail })
        : error;
    }
    await this.#copy?.write(folder);
  }
}

const sorted = (folder: KeyFolder) =>
  Object.entries(folder).sort(([one], [other]) => one.localeCompare(other));
