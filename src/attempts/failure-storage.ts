import type { ThrottlerStorage } from '@nestjs/throttler';

/**
 * As many keys as are remembered of each throttler. Beyond, the one that is quiet longest is forgotten: memory stays
 * flat whatever emails and addresses an attacker makes up, and to wash out one key takes this many failures of others
 * within a minute.
 */
const MOST_KEYS = 10_000;

interface Failures {
  count: number;
  /** When the count begins anew, in milliseconds of `Date.now`. */
  ends: number;
  isBlocked: boolean;
}

/** Counts failures for `@nestjs/throttler`, whose own storage grows with every key it is given. */
export class FailureStorage implements ThrottlerStorage {
  private readonly throttlers = new Map<string, Map<string, Failures>>();

  /** Counts a failure; the one that reaches the limit blocks the key from now on. */
  async increment(key: string, ttl: number, limit: number, blockDuration: number, throttlerName: string) {
    const failures = this.find(key, throttlerName) ?? { count: 0, ends: Date.now() + ttl, isBlocked: false };
    failures.count += 1;
    if (!failures.isBlocked && failures.count >= limit) {
      failures.isBlocked = true;
      failures.ends = Date.now() + blockDuration;
    }
    this.keep(key, throttlerName, failures);
    const left = secondsUntil(failures.ends);
    const { count, isBlocked } = failures;
    return { totalHits: count, timeToExpire: left, isBlocked, timeToBlockExpire: isBlocked ? left : 0 };
  }

  /** Seconds until a blocked key is free; 0 if it is. Nothing is counted. */
  blockedFor(key: string, throttlerName: string): number {
    const failures = this.find(key, throttlerName);
    return failures?.isBlocked ? secondsUntil(failures.ends) : 0;
  }

  /** How many keys are remembered. */
  get size(): number {
    return [...this.throttlers.values()].reduce((sum, { size }) => sum + size, 0);
  }

  private find(key: string, throttlerName: string): Failures | undefined {
    const failures = this.throttlers.get(throttlerName)?.get(key);
    return failures && failures.ends > Date.now() ? failures : undefined;
  }

  private keep(key: string, throttlerName: string, failures: Failures): void {
    const kept = this.throttlers.get(throttlerName) ?? new Map<string, Failures>();
    this.throttlers.set(throttlerName, kept);
    // A Map is in order of insertion: what has just failed goes to the end.
    kept.delete(key);
    kept.set(key, failures);
    for (const [oldest, { ends }] of kept) {
      if (kept.size <= MOST_KEYS && ends > Date.now()) {
        break;
      }
      kept.delete(oldest);
    }
  }
}

const secondsUntil = (time: number) => Math.max(1, Math.ceil((time - Date.now()) / 1_000));
