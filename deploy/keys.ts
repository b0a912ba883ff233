import type { Cluster } from './cluster.ts';
import { Failure } from './failure.ts';
import { ACTIVE, type KeyFolder, keyId, kidsOf, parseFolder, RECORDS } from './key-folder.ts';
import { RELEASE } from './release.ts';

/**
 * The Secret that is the keys' folder. It is the one that the chart's mode `create` would make: so the tokens of a release
 * that began with that mode stay good, and those of today do after a rollback to it.
 */
export const KEYS_SECRET = `${RELEASE}-keys`;

/** The pods' annotation that says that a release brings their keys from a declared secret. */
export const BROUGHT = 'jwt-api/key';

/** A Secret's data: base64 by the file's name. */
type Data = Record<string, string>;

interface Secret {
  metadata: object;
  data?: Data;
}

/**
 * The keys of the release in the cluster. Of a declared secret a key is only ever added: the tokens of those before it stay
 * good. Where a whole folder is declared, that decides, and the cluster gets it as it is.
 */
export class Keys {
  readonly id: string;
  readonly #cluster: Cluster;
  readonly #key: Data;
  readonly #folder: KeyFolder | undefined;

  constructor(cluster: Cluster, secret: string) {
    this.#cluster = cluster;
    this.#folder = parseFolder(secret);
    this.id = this.#folder?.[ACTIVE] ?? keyId(secret);
    this.#key = { [this.id]: base64(secret) };
  }

  /**
   * Adds the key beside those that are there, also those in another Secret that the running pods have. It signs only if it
   * is the first: a pod that does not have it yet would refuse its tokens. Answers how many keys there are.
   */
  async add(): Promise<number> {
    if (this.#folder) {
      await this.#replace(this.#folder);
      return kidsOf(this.#folder).length;
    }
    const mounted = await this.#mounted();
    const elsewhere = mounted && mounted !== KEYS_SECRET ? await this.#read(mounted) : {};
    const own = await this.#read(KEYS_SECRET);
    if (own[RECORDS]) {
      throw new Failure(
        'the keys of the cluster are rotated with `keys`, which one declared secret would undo',
        {
          hint: 'Declare the folder of keys that it writes, or nothing.',
        },
      );
    }
    // What the running pods sign with goes on signing.
    const active = elsewhere[ACTIVE] ?? own[ACTIVE] ?? base64(this.id);
    const data = { ...elsewhere, ...own, ...this.#key, [ACTIVE]: active };
    await this.#write(data);
    return kidsOf(data).length;
  }

  /** Makes the key the one that signs, once every pod has it. Answers the ids of the others, which stay accepted. */
  async activate(): Promise<string[]> {
    if (this.#folder) {
      return kidsOf(this.#folder).filter((kid) => kid !== this.id);
    }
    const data = await this.#read(KEYS_SECRET);
    if (data[ACTIVE] !== base64(this.id)) {
      await this.#write({ ...data, ...this.#key, [ACTIVE]: base64(this.id) });
    }
    return kidsOf(data).filter((kid) => kid !== this.id);
  }

  /**
   * What the chart is told: the Secret, and by an annotation the key, so that with a new one every pod starts anew and has it.
   * What a folder has new, the pods have long before it signs.
   */
  get values(): [name: string, value: string][] {
    return [
      ['keys.mode', 'existing'],
      ['keys.existingSecret', KEYS_SECRET],
      [`podAnnotations.${BROUGHT}`, this.#folder ? 'folder' : this.id],
    ];
  }

  async #mounted(): Promise<string> {
    const path = 'jsonpath={.items[0].spec.template.spec.volumes[?(@.name=="keys")].secret.secretName}';
    const selector = ['--selector', `app.kubernetes.io/instance=${RELEASE}`];
    const args = ['get', 'deployments', ...selector, '--ignore-not-found', '--output', path];
    return (await this.#cluster.kubectl(...args)).trim();
  }

  async #read(name: string): Promise<Data> {
    return (await this.#find(name))?.data ?? {};
  }

  async #find(name: string): Promise<Secret | undefined> {
    const manner = ['--ignore-not-found', '--output', 'json'];
    const answer = await this.#cluster.kubectl('get', 'secret', name, ...manner);
    return answer ? (JSON.parse(answer) as Secret) : undefined;
  }

  /** An apply would leave what somebody else has written too. */
  async #replace(folder: KeyFolder): Promise<void> {
    const data = Object.fromEntries(Object.entries(folder).map(([name, text]) => [name, base64(text)]));
    const found = await this.#find(KEYS_SECRET);
    await (found ? this.#cluster.replace({ ...found, data }) : this.#write(data));
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
