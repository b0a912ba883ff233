import { Injectable } from '@nestjs/common';
import {
  InjectThrottlerOptions,
  InjectThrottlerStorage,
  normalizeIp,
  type ThrottlerModuleOptions,
} from '@nestjs/throttler';
import { Environment } from '../config/environment.js';
import { FailureStorage } from './failure-storage.js';
import { TooManyAttemptsException } from './too-many-attempts.exception.js';

/** Milliseconds in which failures are counted, and for which the last one allowed shuts the door. */
const WINDOW = 60_000;

/** Who asks: an attempt counts for both. */
export interface Origin {
  email: string;
  address: string;
}

type Limits = Pick<Environment, 'AUTH_FAILURES_PER_ADDRESS' | 'AUTH_FAILURES_PER_EMAIL'>;

/** The limits, each by the name of what it counts. */
export const throttlersOf = (env: Limits) => [
  { name: 'email', ttl: WINDOW, limit: env.AUTH_FAILURES_PER_EMAIL },
  { name: 'address', ttl: WINDOW, limit: env.AUTH_FAILURES_PER_ADDRESS },
];

/** Slows down who guesses: by failures alone, so that however many succeed none of them waits. */
@Injectable()
export class AttemptThrottle {
  private readonly throttlers: ReturnType<typeof throttlersOf>;

  constructor(
    @InjectThrottlerOptions() options: ThrottlerModuleOptions,
    @InjectThrottlerStorage() private readonly storage: FailureStorage,
  ) {
    this.throttlers = (options as { throttlers: ReturnType<typeof throttlersOf> }).throttlers;
  }

  /** @throws {TooManyAttemptsException} when too many have failed */
  check(origin: Origin): void {
    const seconds = this.throttlers.map(({ name }) => this.storage.blockedFor(keyOf(origin, name), name));
    const longest = Math.max(...seconds);
    if (longest > 0) {
      throw new TooManyAttemptsException(longest);
    }
  }

  /** Counts a failed attempt. */
  async fail(origin: Origin): Promise<void> {
    for (const { name, ttl, limit } of this.throttlers) {
      await this.storage.increment(keyOf(origin, name), ttl, limit, WINDOW, name);
    }
  }
}

/**
 * Of an IPv6 address its network of 64 bits: a single host may have all of that. Of an email its small letters: a
 * webhook may know one user by each of its spellings, which must not be as many limits.
 */
function keyOf({ email, address }: Origin, name: string): string {
  return name === 'email' ? email.toLowerCase() : normalizeIp(address);
}
