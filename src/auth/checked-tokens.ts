import { LRUCache } from 'lru-cache';
import { KeyRing } from '../keys/key-ring.js';
import { Contents } from './auth.schema.js';
import { InvalidTokenException, RefusalReason } from './invalid-token.exception.js';

/** Bytes for all the good tokens that are remembered: some 16,000 tokens of a common size. */
const CAPACITY = 8 * 1024 * 1024;
/** For the others, which are anybody's to make up. */
const REFUSED_CAPACITY = 2 * 1024 * 1024;
/** Bytes that each takes beside its characters, as measured: a great many short ones must not take more than they seem to. */
const OVERHEAD = 200;

interface Refusal {
  /** One for all tokens of a reason: dear about an exception is its stack. */
  exception: InvalidTokenException;
  /** When it was, in milliseconds of `Date.now`. */
  at: number;
}

/**
 * What has come of tokens that were checked before. The longest unused go first, the refused ones in no good one's place,
 * and none outlives the keys that it was checked with.
 */
export class CheckedTokens {
  private readonly contents = byBytes<Contents>(CAPACITY);
  private readonly refusals = byBytes<Refusal>(REFUSED_CAPACITY);
  private readonly exceptions = new Map<RefusalReason, InvalidTokenException>();
  private ring?: KeyRing;

  /**
   * What a token says; nothing if it has to be checked.
   * @param ring the keys that count now
   * @throws {InvalidTokenException} if it was refused with these keys before
   */
  get(token: string, ring: KeyRing): Contents | undefined {
    if (ring !== this.ring) {
      this.contents.clear();
      this.refusals.clear();
      this.ring = ring;
    }
    const now = Date.now();
    const contents = this.contents.get(token);
    // At and after `exp` the whole check decides, which knows of the leeway.
    if (contents && now < contents.exp * 1_000) {
      return contents;
    }
    const refusal = this.refusals.get(token);
    // What has expired does so for good, unless the clock is set back.
    if (refusal && now >= refusal.at) {
      throw refusal.exception;
    }
    return undefined;
  }

  /** Remembers a token that was found good with the keys of the last `get`. */
  accept(token: string, contents: Contents): void {
    this.contents.set(token, contents);
  }

  /** Remembers one that was not, unless its time is still to come. */
  refuse(token: string, exception: InvalidTokenException): void {
    const { reason } = exception;
    if (reason === 'not_yet_valid') {
      return;
    }
    const known = this.exceptions.get(reason) ?? exception;
    this.exceptions.set(reason, known);
    this.refusals.set(token, { exception: known, at: Date.now() });
  }
}

function byBytes<T extends {}>(maxSize: number): LRUCache<string, T> {
  return new LRUCache({ maxSize, sizeCalculation: (_value, token) => token.length + OVERHEAD });
}
