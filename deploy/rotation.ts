import { Failure } from './failure.ts';
import {
  ACTIVE,
  type Algorithm,
  algorithmOf,
  type KeyFolder,
  kidsOf,
  type NewKey,
  RECORDS,
} from './key-folder.ts';
import { type KeyRecord, type KeyRecords, parseRecords } from './key-records.ts';
import type { Facts, PodKeys } from './pod-keys.ts';

/** Seconds for which a token may still be taken after its `exp`: 30 here, and others may allow as much again. */
const LEEWAY = 60;

export type State = 'signs' | 'next' | 'leaves';

/** What is to be done next, and from when on; without a moment, once the pods have followed. */
export interface Step {
  step: 'activate' | 'retire';
  kid: string;
  due?: string;
}

/** The keys of a source, and how far their rotation has come. */
export class Rotation {
  readonly #folder: KeyFolder;
  readonly #records: KeyRecords;

  constructor(folder: KeyFolder) {
    this.#folder = { ...folder };
    this.#records = parseRecords(folder[RECORDS] ?? '{}');
  }

  /** As its source is to have it. */
  get folder(): KeyFolder {
    return { ...this.#folder, [RECORDS]: JSON.stringify(this.#records) };
  }

  get active(): string {
    return this.#folder[ACTIVE] ?? '';
  }

  get kids(): string[] {
    return kidsOf(this.#folder);
  }

  algorithm(kid: string): Algorithm {
    try {
      return algorithmOf(this.#folder[kid] ?? '');
    } catch {
      throw new Failure(`the key ${kid} cannot be read`);
    }
  }

  state(kid: string): State {
    if (kid === this.active) {
      return 'signs';
    }
    const { added, activated } = this.#record(kid);
    return added && !activated ? 'next' : 'leaves';
  }

  add({ kid, text }: NewKey, now: string): void {
    this.#folder[kid] = text;
    this.#records[kid] = { added: now };
  }

  activate(kid: string, now: string): void {
    const { replaced, ...before } = this.#record(kid);
    this.#folder[ACTIVE] = kid;
    this.#records[kid] = { ...before, activated: now };
  }

  retire(kid: string): void {
    delete this.#folder[kid];
    delete this.#records[kid];
  }

  /** Writes down what is seen for the first time. Answers whether anything is. */
  observe({ now, pods, lifetime }: Facts): boolean {
    const before = JSON.stringify(this.#records);
    for (const kid of this.kids) {
      const record = this.#record(kid);
      const state = this.state(kid);
      if (this.isPublished(kid, pods)) {
        record.published ??= now;
      }
      if (state === 'leaves' && this.signsEverywhere(pods)) {
        record.replaced ??= now;
      }
      // What signed a moment ago had what holds now.
      if (state === 'signs' || (state === 'leaves' && record.lifetime === undefined)) {
        record.lifetime = Math.max(record.lifetime ?? 0, lifetime);
      }
      if (state === 'signs') {
        record.activated ??= now;
        delete record.replaced;
      }
      this.#records[kid] = record;
    }
    return JSON.stringify(this.#records) !== before;
  }

  /** Whether every pod accepts the key, and publishes it if it is no secret. */
  isPublished(kid: string, pods: PodKeys[]): boolean {
    const isSecret = this.algorithm(kid) === 'HS256';
    return pods.every(
      ({ accepted, published }) => accepted.includes(kid) && (isSecret || published.includes(kid)),
    );
  }

  signsEverywhere(pods: PodKeys[]): boolean {
    return pods.every(({ active }) => active === this.active);
  }

  /** Since when every pod has the key. */
  published(kid: string): string | undefined {
    return this.#record(kid).published;
  }

  /** From when on a key may sign: whoever checks tokens has by then asked for the keys again, and knows it. */
  maySign(kid: string, { maxAge }: Facts, publishFor = 0): string | undefined {
    const held = Math.max(this.algorithm(kid) === 'HS256' ? 0 : maxAge, publishFor);
    return later(this.#record(kid).published, held);
  }

  /** From when on a key may go: its last token has expired by then. */
  mayLeave(kid: string): string | undefined {
    const { replaced, lifetime = 0 } = this.#record(kid);
    return later(replaced, lifetime + LEEWAY);
  }

  /** The next step of a rotation; none if only the key that signs is left. */
  next(facts: Facts, publishFor?: number): Step | undefined {
    const inState = (wanted: State) => this.kids.filter((kid) => this.state(kid) === wanted);
    const [next] = inState('next');
    if (next) {
      return { step: 'activate', kid: next, due: this.maySign(next, facts, publishFor) };
    }
    const steps = inState('leaves').map((kid): Step => ({ step: 'retire', kid, due: this.mayLeave(kid) }));
    return steps.sort((one, other) => (one.due ?? '~').localeCompare(other.due ?? '~'))[0];
  }

  #record(kid: string): KeyRecord {
    return { ...this.#records[kid] };
  }
}

/** Whether a moment has come. */
export function isDue(due: string | undefined, now: string): boolean {
  return due !== undefined && Date.parse(due) <= Date.parse(now);
}

function later(moment: string | undefined, seconds: number): string | undefined {
  return moment && new Date(Date.parse(moment) + seconds * 1_000).toISOString().replace('.000Z', 'Z');
}
