import { createHash } from 'node:crypto';
import type { Cluster } from './cluster.ts';
import { RELEASE } from './release.ts';

/**
 * The Secret that is the keys' folder. It is the one that the chart's mode `create` would make: so the tokens of a release
 * that began with that mode stay good, and those of today do after a rollback to it.
 */
export const KEYS_SECRET = `${RELEASE}-keys`;

const ACTIVE = 'active';

/** A Secret's data: base64 by the file's name. */
type Data = Record<string, string>;

interface Secret {
  data?: Data;
}

/**
 * The id of a secret's key. It is made of the secret, so that the same one has the same id in every cluster and every run;
 * whoever sees a token could check a guess at its secret before, too.
 */
export function keyId(secret: string): string {
  return createHash('sha256').update(`jwt-api key id\n${secret}`).digest('hex').slice(0, 12);
}

/** The keys of the release in the cluster. A key is only ever added: the tokens of those before it stay good. */
export class Keys {
  readonly id: string;
  readonly #cluster: Cluster;
  readonly #key: Data;

  constructor(cluster: Cluster, secret: string) {
    this.#cluster = cluster;
    this.id = keyId(secret);
    this.#key = { [this.id]: base64(secret) };
  }

  /**
   * Adds the key beside those that are there, also those in another Secret that the running pods have. It signs only if it
   * is the first: a pod that does not have it yet would refuse its tokens. Answers how many keys there are.
   */
  async add(): Promise<number> {
    const mounted = await this.#mounted();
    const elsewhere = mounted && mounted !== KEYS_SECRET ? await this.#read(mounted) : {};
    const own = await this.#read(KEYS_SECRET);
    // What the running pods sign with goes on signing.
    const active = elsewhere[ACTIVE] ?? own[ACTIVE] ?? base64(this.id);
    const data = { ...elsewhere, ...own, ...this.#key, [ACTIVE]: active };
    await this.#write(data);
    return Object.keys(data).filter(isKey).length;
  }

  /** Makes the key the one that signs, once every pod has it. Answers the ids of the others, which stay accepted. */
  async activate(): Promise<string[]> {
    const data = await this.#read(KEYS_SECRET);
    if (data[ACTIVE] !== base64(this.id)) {
      await this.#write({ ...data, ...this.#key, [ACTIVE]: base64(this.id) });
    }
    return Object.keys(data).filter((name) => isKey(name) && name !== this.id);
  }

  /** What the chart is told: the Secret, and by an annotation the key, so that with a new one every pod starts anew and has it. */
  get values(): [name: string, value: string][] {
    return [
      ['keys.mode', 'existing'],
      ['keys.existingSecret', KEYS_SECRET],
      ['podAnnotations.jwt-api/key', this.id],
    ];
  }

  async #mounted(): Promise<string> {
    const path = 'jsonpath={.items[0].spec.template.spec.volumes[?(@.name=="keys")].secret.secretName}';
    const selector = ['--selector', `app.kubernetes.io/instance=${RELEASE}`];
    const args = ['get', 'deployments', ...selector, '--ignore-not-found', '--output', path];
    return (await this.#cluster.kubectl(...args)).trim();
  }

  async #read(name: string): Promise<Data> {
    const answer = await this.#cluster.kubectl(
      'get',
      'secret',
      name,
      '--ignore-not-found',
      '--output',
      'json',
    );
    return answer ? ((JSON.parse(answer) as Secret).data ?? {}) : {};
  }

  /** Helm may have made the Secret, and so be said to own its fields. */
  async #write(data: Data): Promise<void> {
    const secret = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: KEYS_SECRET, labels: { 'app.kubernetes.io/instance': RELEASE } },
      type: 'Opaque',
      data,
    };
    const manner = ['--server-side', '--force-conflicts', '--field-manager=jwt-api-deployer'];
    await this.#cluster.apply(secret, ...manner);
  }
}

const base64 = (text: string) => Buffer.from(text).toString('base64');
const isKey = (name: string) => name !== ACTIVE && !name.startsWith('.');
