import { setTimeout as sleep } from 'node:timers/promises';

const PATIENCE = 60_000;

type Not = false | null | undefined;

/** Waits until a condition holds, and gives what it found. */
export async function until<T>(what: string, condition: () => T | Not | Promise<T | Not>): Promise<T> {
  const end = Date.now() + PATIENCE;
  for (;;) {
    const found = await condition();
    if (found) {
      return found;
    }
    if (Date.now() > end) {
      throw new Error(`waited in vain for ${what}`);
    }
    await sleep(5);
  }
}
