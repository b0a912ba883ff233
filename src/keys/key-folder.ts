import { readdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { MINIMUM_SECRET_BYTES } from '../config/environment.js';
import { SourceFault } from '../following/follower.js';
import { readTextFile } from '../following/text-file.js';

/** The file that names the key which signs. */
const ACTIVE = 'active';
/** What the kubelet points at a volume's present content. It swaps this one link, so that all files change at once. */
const KUBELET_LINK = '..data';
const KEY_NAME = /^\w[\w.-]{0,127}$/;
const LARGEST_FILE = 16 * 1024;

/** The secrets of a folder by their files' names, and the name of the one that signs. */
export interface KeyFolder {
  active: string;
  secrets: ReadonlyMap<string, string>;
}

/**
 * Reads a folder of keys whole: one file a key, the file's name its `kid`, its content the secret (a line break at
 * its end is not part of it), and the file `active` with the name of the one that signs.
 * @throws {SourceFault} when anything in it is at fault
 */
export async function readKeyFolder(path: string): Promise<KeyFolder> {
  const folder = await realpath(join(path, KUBELET_LINK)).catch(() => path);
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    throw new SourceFault(`the folder cannot be read (${error.code})`);
  });
  const files = await Promise.all(
    names
      .filter((name) => !name.startsWith('.'))
      .sort()
      .map(async (name) => [name, await readText(folder, name)] as const),
  );
  const secrets = new Map(files);
  const active = secrets.get(ACTIVE);
  secrets.delete(ACTIVE);
  secrets.forEach(checkSecret);
  if (active === undefined) {
    throw new SourceFault(`'${ACTIVE}' is missing`);
  }
  if (!secrets.has(active)) {
    throw new SourceFault(`'${ACTIVE}' names no key of the folder`);
  }
  return { active, secrets };
}

async function readText(folder: string, name: string): Promise<string> {
  const text = await readTextFile(join(folder, name), `'${name}'`, LARGEST_FILE);
  return text.replace(/\r?\n$/, '');
}

function checkSecret(secret: string, name: string): void {
  if (!KEY_NAME.test(name)) {
    throw new SourceFault(`a file's name is no kid (letters, digits, '_', '-' and '.', 128 at most)`);
  }
  if (Buffer.byteLength(secret) < MINIMUM_SECRET_BYTES) {
    throw new SourceFault(`'${name}' has fewer than ${MINIMUM_SECRET_BYTES} bytes`);
  }
}
