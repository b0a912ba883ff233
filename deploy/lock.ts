import { setTimeout as sleep } from 'node:timers/promises';
import { gone } from './choose-cluster.ts';
import type { Cluster } from './cluster.ts';
import type { Session } from './command.ts';
import { Failure } from './failure.ts';
import { type Found, LockRecord } from './lock-record.ts';

/** Milliseconds: between two heartbeats; until a lock without any counts as dead; between two looks; of waiting at most. */
const TIMES = { beat: 5_000, dead: 30_000, look: 2_000, patience: 3_600_000 };

/**
 * One change of a release at a time: a ConfigMap with the holder and a heartbeat, left in the namespace without a holder
 * in between. A holder is dead when the resourceVersion has not moved for a while: no two clocks are compared.
 */
export class Lock {
  readonly #cluster: Cluster;
  readonly #tell: (line: string) => void;
  readonly #times: typeof TIMES;
  readonly #record: LockRecord;
  #lost: Failure | undefined;

  constructor(cluster: Cluster, tell: (line: string) => void, times = TIMES) {
    this.#cluster = cluster;
    this.#record = new LockRecord(cluster);
    this.#tell = tell;
    this.#times = times;
  }

  /** Waits its turn. */
  async take(): Promise<void> {
    const since = performance.now();
    let seen: Found & { at: number } = { version: '', holder: '', at: since };
    for (;;) {
      const found = await this.#record.find();
      if (seen.version !== found.version) {
        if (found.holder && found.holder !== seen.holder) {
          this.#tell(`waits for ${found.holder}`);
        }
        seen = { ...found, at: performance.now() };
      }
      const isDead = found.holder !== '' && performance.now() - seen.at > this.#times.dead;
      if ((!found.holder || isDead) && (await this.#record.take(found))) {
        this.#tell(
          isDead ? `took over from ${found.holder}, which gives no sign of life` : 'no other run has it',
        );
        return;
      }
      if (performance.now() - since > this.#times.patience) {
        throw new Failure(`${found.holder} still changes the release: waited long enough`);
      }
      await sleep(this.#times.look);
    }
  }

  /** Does the work while it holds the lock, and then lets go of it, however the work has ended. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    const done = new AbortController();
    const beating = this.#keepBeating(done.signal);
    try {
      return await work();
    } catch (error) {
      throw this.#lost ?? error;
    } finally {
      done.abort();
      await beating;
      await this.#record.free();
    }
  }

  async #keepBeating(signal: AbortSignal): Promise<void> {
    let last = performance.now();
    while (!this.#lost) {
      await sleep(this.#times.beat, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) {
        return;
      }
      const isMine = await this.#record.beat().catch(() => undefined);
      if (isMine) {
        last = performance.now();
      } else if (isMine === false) {
        this.#lose(new Failure('another run took the lock, as this one gave no sign of life for a while'));
      } else if (performance.now() - last > this.#times.dead / 2) {
        // Well before anybody else may take over.
        this.#lose(gone(this.#cluster.context));
      }
    }
  }

  /** Others may change the release from now on, so what this run does to it must end. */
  #lose(reason: Failure): void {
    this.#lost = reason;
    this.#cluster.end();
  }
}

/** Does the work as the only one who changes the release. */
export async function withLock<T>(
  { tools, progress }: Session,
  cluster: Cluster,
  work: () => Promise<T>,
): Promise<T> {
  const lock = new Lock(cluster, (line) => progress.note(line));
  // A signal that comes between two tools must not leave the lock behind.
  return await tools.closing(async () => {
    await progress.step('Take the lock', () => lock.take());
    return await lock.during(work);
  });
}
