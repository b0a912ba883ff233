import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { MINIMUM_SECRET_BYTES } from '../config/environment.js';

/** The file that names the key which signs. */
const ACTIVE = 'active';
/** What the kubelet points at a volume's present content. It swaps this one link, so that all files change at once. */
const KUBELET_LINK = '..data';
const KEY_NAME = /^\w[\w.-]{0,127}$/;
const LARGEST_FILE = 16 * 1024;

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** The secrets of a folder by their files' names, and the name of the one that signs. */
export interface KeyFolder {
  active: string;
  secrets: ReadonlyMap<string, string>;
}

/** What is wrong with a folder of keys, by the file's name and never by its content. */
export class KeyFolderError extends Error {}

/**
 * Reads a folder of keys whole: one file a key, the file's name its `kid`, its content the secret (a line break at
 * its end is not part of it), and the file `active` with the name of the one that signs.
 * @throws {KeyFolderError} when anything in it is at fault
 */
export async function readKeyFolder(path: string): Promise<KeyFolder> {
  const folder = await realpath(join(path, KUBELET_LINK)).catch(() => path);
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    throw new KeyFolderError(`the folder cannot be read (${error.code})`);
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
    throw new KeyFolderError(`'${ACTIVE}' is missing`);
  }
  if (!secrets.has(active)) {
    throw new KeyFolderError(`'${ACTIVE}' names no key of the folder`);
  }
  return { active, secrets };
}

async function readText(folder: string, name: string): Promise<string> {
  const path = join(folder, name);
  try {
    const found = await stat(path);
    // A pipe would keep the reader waiting for ever.
    if (!found.isFile() || found.size > LARGEST_FILE) {
      throw new KeyFolderError(`'${name}' is not a file of ${LARGEST_FILE} bytes at most`);
    }
    return utf8.decode(await readFile(path)).replace(/\r?\n$/, '');
  } catch (error) {
    if (error instanceof KeyFolderError) {
      throw error;
    }
    throw new KeyFolderError(`'${name}' cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}

function checkSecret(secret: string, name: string): void {
  if (!KEY_NAME.test(name)) {
    throw new KeyFolderError(`a file's name is no kid (letters, digits, '_', '-' and '.', 128 at most)`);
  }
  if (Buffer.byteLength(secret) < MINIMUM_SECRET_BYTES) {
    throw new KeyFolderError(`'${name}' has fewer than ${MINIMUM_SECRET_BYTES} bytes`);
  }
}
