import { AwsKeySource } from './aws-key-source.ts';
import type { Cluster } from './cluster.ts';
import { Failure } from './failure.ts';
import type { KeyFolder } from './key-folder.ts';
import { BROUGHT, KEYS_SECRET } from './keys.ts';
import { deploymentOf, refreshVolumes } from './pod-keys.ts';
import type { SecretSource } from './secret.ts';
import { ToolFailure } from './tool-failure.ts';
import type { Tools } from './tools.ts';

/** Where the folder of keys is declared: what is written there reaches the pods. */
export interface KeySource {
  /** What is told of it. */
  name: string;
  read(): Promise<KeyFolder>;
  /** Whether what was read has not got everywhere, as a run was broken off: a write mends it. */
  isBehind: boolean;
  /** Replaces all of it at once. */
  write(folder: KeyFolder): Promise<void>;
}

interface Secret {
  metadata: { name: string; ownerReferences?: { kind: string; name: string }[] };
  data?: Record<string, string>;
}

/** A Secret that is the folder. A write replaces what was read, so of two at the same moment one is refused. */
export class SecretKeySource implements KeySource {
  readonly name: string;
  readonly isBehind = false;
  readonly #cluster: Cluster;
  #found: Secret;

  constructor(cluster: Cluster, name: string) {
    this.name = `Secret ${name}`;
    this.#cluster = cluster;
    this.#found = { metadata: { name } };
  }

  async read(): Promise<KeyFolder> {
    const found = await readSecretObject(this.#cluster, this.#found.metadata.name);
    this.#found = found;
    const files = Object.entries(found.data ?? {});
    return Object.fromEntries(files.map(([name, text]) => [name, Buffer.from(text, 'base64').toString()]));
  }

  async write(folder: KeyFolder): Promise<void> {
    const files = Object.entries(folder).map(([name, text]) => [name, Buffer.from(text).toString('base64')]);
    try {
      await this.#cluster.replace({ ...this.#found, data: Object.fromEntries(files) });
    } catch (error) {
      throw error instanceof ToolFailure && /\(Conflict\)/.test(error.output)
        ? new Failure(`the ${this.name} was changed by somebody else meanwhile`, {
            hint: 'Run the same again.',
          })
        : error;
    }
    await refreshVolumes(this.#cluster);
    await this.read();
  }
}

/** The declared source of the keys of the release. */
export async function keySourceOf(cluster: Cluster, tools: Tools, given: SecretSource): Promise<KeySource> {
  const isAws = Boolean(given['secret-parameter'] ?? given['secret-id']);
  const { metadata: pod, spec } = (await deploymentOf(cluster)).spec.template;
  const { volumes = [] } = spec;
  const name = volumes.find((volume) => volume.name === 'keys')?.secret?.secretName;
  if (!name) {
    throw new Failure('the pods have their keys from the Secrets Store CSI driver', {
      hint: 'The values of the chart name each of its keys there (keys.csi.objects): add and remove them by hand, as docs/keys.md tells.',
    });
  }
  const { metadata } = await readSecretObject(cluster, name);
  const operator = metadata.ownerReferences?.find(({ kind }) => kind === 'ExternalSecret');
  if (operator && !isAws) {
    throw new Failure(`the Secret ${name} is filled by the ExternalSecret ${operator.name}`, {
      hint: 'Name what that reads: --secret-parameter or --secret-id.',
    });
  }
  if (!isAws && pod?.annotations?.[BROUGHT]) {
    throw new Failure('the releases bring the key from a secret that is declared to them', {
      hint: 'Name the same: --secret-parameter or --secret-id. If it is JWT_SECRET alone, release without it first.',
    });
  }
  const secret = new SecretKeySource(cluster, name);
  if (!isAws) {
    return secret;
  }
  if (!operator && name !== KEYS_SECRET) {
    throw new Failure(`the pods have their keys from the Secret ${name}, which nothing fills from there`, {
      hint: 'Leave the option out: the Secret is the source.',
    });
  }
  // What no operator brings, a release does, and so does a change of the keys.
  return new AwsKeySource(tools, given, operator ? undefined : secret);
}

async function readSecretObject(cluster: Cluster, name: string): Promise<Secret> {
  return JSON.parse(await cluster.kubectl('get', 'secret', name, '--output', 'json')) as Secret;
}
