import { LRUCache } from 'lru-cache';
import { KeyRing } from '../keys/key-ring.js';
import { Contents } from './auth.schema.js';

/** Characters of all the tokens that are remembered: some 16,000 tokens of a common size. */
const CAPACITY = 4 * 1024 * 1024;

/**
 * What tokens say that have been checked before. Only good ones get in, the longest unused go first, and none outlives
 * its `exp` or the keys that it was checked with.
 */
export class CheckedTokens {
  private readonly contents = new LRUCache<string, Contents>({
    maxSize: CAPACITY,
    sizeCalculation: (_contents, token) => token.length,
  });
  private ring?: KeyRing;

  /** @param ring the keys that count now */
  get(token: string, ring: KeyRing): Contents | undefined {
    if (ring !== this.ring) {
      this.contents.clear();
      this.ring = ring;
    }
    const contents = this.contents.get(token);
    // At and after `exp` the whole check decides, which knows of the leeway.
    return contents && Date.now() < contents.exp * 1_000 ? contents : undefined;
  }

  /** Remembers a token that was found good with the keys of the last `get`. */
  add(token: string, contents: Contents): void {
    this.contents.set(token, contents);
  }
}
