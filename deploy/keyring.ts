import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster } from './cluster.ts';
import type { Session } from './command.ts';
import { Failure } from './failure.ts';
import { type Algorithm, generateKey, kidsOf } from './key-folder.ts';
import { type KeySource, keySourceOf } from './key-source.ts';
import { type Facts, factsOf, PodsMove } from './pod-keys.ts';
import { Rotation } from './rotation.ts';
import type { SecretSource } from './secret.ts';

/** Milliseconds between two looks at the pods. */
const LOOK = 2_000;

/** The keys at their source and in the pods. Each change is one write at the source, after which the pods are waited for. */
export class Keyring {
  readonly rotation: Rotation;
  readonly source: KeySource;
  facts: Facts;
  readonly #session: Session;
  readonly #cluster: Cluster;
  /** Milliseconds. */
  readonly #patience: number;
  #hasSeen = false;

  private constructor(
    session: Session,
    cluster: Cluster,
    found: { source: KeySource; rotation: Rotation; facts: Facts },
    patience: number,
  ) {
    this.#session = session;
    this.#cluster = cluster;
    this.source = found.source;
    this.rotation = found.rotation;
    this.facts = found.facts;
    this.#patience = patience;
  }

  /** Reads the keys, asks the pods, and sees what has come since the last time. */
  static async read(
    session: Session,
    cluster: Cluster,
    given: SecretSource & { wait: string },
  ): Promise<Keyring> {
    const { tools, progress, result } = session;
    const [source, rotation] = await progress.step(
      'Read the keys',
      async () => {
        const source = await keySourceOf(cluster, tools, given);
        const folder = await source.read();
        for (const text of kidsOf(folder).flatMap((kid) => folder[kid] || [])) {
          tools.conceal(text);
        }
        return [source, new Rotation(folder)] as const;
      },
      ([{ name }]) => name,
    );
    const patience = secondsOf(given.wait) * 1_000;
    const facts = await progress.step(
      'Ask the pods',
      () => patiently(() => factsOf(cluster), patience),
      ({ pods }) => `${pods.length}`,
    );
    result.source = source.name;
    const keyring = new Keyring(session, cluster, { source, rotation, facts }, patience);
    keyring.#hasSeen = rotation.observe(facts);
    return keyring;
  }

  /** Writes down what was seen, and mends what a run has left. */
  async settle(): Promise<void> {
    if (this.#hasSeen || this.source.isBehind) {
      await this.source.write(this.rotation.folder);
      this.#hasSeen = false;
    }
  }

  async add(algorithm: Algorithm = this.rotation.algorithm(this.rotation.active)): Promise<string> {
    const key = generateKey(algorithm);
    this.#session.tools.conceal(key.text);
    this.rotation.add(key, this.facts.now);
    await this.#change(`Add the key ${key.kid} (${algorithm})`, ({ pods }) =>
      this.rotation.isPublished(key.kid, pods),
    );
    return key.kid;
  }

  async activate(kid: string): Promise<void> {
    this.rotation.activate(kid, this.facts.now);
    await this.#change(`Sign with the key ${kid}`, ({ pods }) => this.rotation.signsEverywhere(pods));
  }

  async retire(kid: string): Promise<void> {
    this.rotation.retire(kid);
    await this.#change(`Remove the key ${kid}`, ({ pods }) =>
      pods.every(({ accepted }) => !accepted.includes(kid)),
    );
  }

  /** Waits until the pods have followed. */
  async follow(title: string, have: (facts: Facts) => boolean): Promise<void> {
    const look = async () => {
      const facts = await factsOf(this.#cluster);
      if (!have(facts)) {
        throw new PodsMove('not every pod has followed');
      }
      return facts;
    };
    this.facts = await this.#session.progress.step(title, () => patiently(look, this.#patience));
    this.#hasSeen = this.rotation.observe(this.facts);
    await this.settle();
  }

  async #change(title: string, have: (facts: Facts) => boolean): Promise<void> {
    await this.#session.progress.step(title, () => this.source.write(this.rotation.folder));
    await this.follow('Wait for the pods', have);
  }
}

/** Looks again while pods move, for a while. */
async function patiently<T>(look: () => Promise<T>, patience: number): Promise<T> {
  for (const end = performance.now() + patience; ; await sleep(LOOK)) {
    try {
      return await look();
    } catch (error) {
      if (!(error instanceof PodsMove)) {
        throw error;
      }
      if (performance.now() > end) {
        throw new Failure(`waited in vain for the pods: ${error.message}`, {
          hint: [error.hint, 'Nothing is lost: the same again goes on from here.'].filter(Boolean).join('\n'),
        });
      }
    }
  }
}

/** A duration of the options, in seconds. */
export function secondsOf(text: string): number {
  const unit = { s: 1, m: 60, h: 3_600 }[text.at(-1) ?? 's'] ?? 1;
  return Number(text.slice(0, -1)) * unit;
}
