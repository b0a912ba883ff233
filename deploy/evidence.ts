import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster } from './cluster.ts';
import { type Pod, stateOf, type Trouble, troubleOf } from './pod.ts';
import { type Event, Warnings } from './warnings.ts';

const LOOK_EVERY = 2_000;
const LAST_WARNINGS = 8;
const LAST_LOG_LINES = 20;

/**
 * Watches a release's pods while Helm waits for them: tells each change, and keeps what explains a failure, as a
 * rollback or an uninstall takes the failing pods away before anybody could ask them.
 */
export class Evidence {
  readonly #cluster: Cluster;
  readonly #release: string;
  readonly #tell: (line: string) => void;
  readonly #warnings = new Warnings();
  readonly #states = new Map<string, string>();
  readonly #troubles = new Map<string, Trouble>();
  readonly #logs = new Map<string, string>();

  constructor(cluster: Cluster, release: string, tell: (line: string) => void) {
    this.#cluster = cluster;
    this.#release = release;
    this.#tell = tell;
  }

  /** Watches until the work is done. That nothing can be seen is no failure of the work. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    await this.#look(() => undefined);
    const done = new AbortController();
    const watching = this.#watch(done.signal);
    try {
      return await work();
    } finally {
      done.abort();
      await watching;
    }
  }

  /** The likeliest cause of a failure, if anything was seen of one: the newest pod knows best. */
  get cause(): string | undefined {
    return [...this.#troubles.values()].at(-1)?.cause ?? this.#warnings.lines.at(-1);
  }

  /** What was seen: the pods in trouble, their last log lines, and the warnings in the namespace. */
  report(): string {
    const pods = [...this.#troubles].map(([pod, { cause }]) => `${pod}: ${cause}`);
    return [
      ...section('Pods', pods),
      ...[...this.#logs].flatMap(([pod, log]) => section(`The log of ${pod}`, log.trimEnd().split('\n'))),
      ...section(`Warnings in ${this.#cluster.namespace}`, this.#warnings.lines.slice(-LAST_WARNINGS)),
    ].join('\n');
  }

  async #watch(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await sleep(LOOK_EVERY, undefined, { signal }).catch(() => undefined);
      await this.#look(this.#tell);
    }
  }

  async #look(tell: (line: string) => void): Promise<void> {
    const answer = await this.#cluster.kubectl('get', 'pods,events', '--output', 'json').catch(() => '');
    if (answer === '') {
      return;
    }
    const { items } = JSON.parse(answer) as { items: (Pod | Event)[] };
    this.#warnings.look(items.filter((item) => item.kind === 'Event'));
    const pods = items.filter((item) => item.kind === 'Pod');
    for (const pod of pods.filter(({ metadata }) => metadata.labels?.[INSTANCE] === this.#release)) {
      const { name } = pod.metadata;
      const state = stateOf(pod);
      if (this.#states.get(name) !== state) {
        this.#states.set(name, state);
        tell(`${name}: ${state}`);
      }
      await this.#noteTrouble(name, pod);
    }
  }

  /** What a pod that ends was in trouble with is kept: it may be the rollback that ends it. */
  async #noteTrouble(name: string, pod: Pod): Promise<void> {
    const trouble = troubleOf(pod);
    if (trouble) {
      this.#troubles.set(name, trouble);
    } else if (!pod.metadata.deletionTimestamp) {
      this.#troubles.delete(name);
      this.#logs.delete(name);
    }
    if (trouble?.log) {
      const { container, previous } = trouble.log;
      const options = ['--container', container, `--previous=${previous}`, `--tail=${LAST_LOG_LINES}`];
      const log = await this.#cluster.kubectl('logs', name, ...options).catch(() => '');
      this.#logs.set(name, log || (this.#logs.get(name) ?? ''));
    }
  }
}

const INSTANCE = 'app.kubernetes.io/instance';

function section(title: string, lines: string[]): string[] {
  return lines.length > 0 ? [`${title}:`, ...lines.map((line) => `  ${line}`)] : [];
}
