import type { Stats } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { SourceFault } from './follower.js';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * The text of a small file, once a further check of the file itself has not thrown.
 * @throws {SourceFault} that calls the file by this name, when it is none, too large, or no UTF-8
 */
export async function readTextFile(
  path: string,
  name: string,
  limit: number,
  check: (found: Stats) => void = () => undefined,
): Promise<string> {
  try {
    const found = await stat(path);
    // A pipe would keep the reader waiting for ever.
    if (!found.isFile() || found.size > limit) {
      throw new SourceFault(`${name} is not a file of ${limit} bytes at most`);
    }
    check(found);
    return utf8.decode(await readFile(path));
  } catch (error) {
    if (error instanceof SourceFault) {
      throw error;
    }
    throw new SourceFault(`${name} cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}
