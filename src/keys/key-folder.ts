import type { Stats } from 'node:fs';
import { readdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { SourceFault } from '../following/follower.js';
import { readTextFile } from '../following/text-file.js';

/** The file that names the key which signs. */
const ACTIVE = 'active';
/** What the kubelet points at a volume's present content. It swaps this one link, so that all files change at once. */
const KUBELET_LINK = '..data';
const KEY_NAME = /^\w[\w.-]{0,127}$/;
const LARGEST_FILE = 16 * 1024;
/** The bits of a file's mode that let its group, or everybody, write it. The kubelet sets neither. */
const WRITABLE_BY_OTHERS = 0o022;

/** The texts of a folder's keys by their files' names, and the name of the one that signs. */
export interface KeyFolder {
  active: string;
  texts: ReadonlyMap<string, string>;
}

/**
 * Reads a folder of keys whole: one file a key, the file's name its `kid`, its content a secret (a line break at its end is
 * not part of it) or a private key, and the file `active` with the name of the one that signs.
 * @throws {SourceFault} when anything in it is at fault
 */
export async function readKeyFolder(path: string): Promise<KeyFolder> {
  const folder = await presentFolder(path);
  const found = await readFiles(folder).catch((error: unknown) => error);
  // Once it has swapped the link, the kubelet deletes what it pointed at, file by file: of that, nothing counts.
  if ((await presentFolder(path)) !== folder) {
    return await readKeyFolder(path);
  }
  if (!(found instanceof Map)) {
    throw found;
  }
  return keyFolderOf(found);
}

function presentFolder(path: string): Promise<string> {
  return realpath(join(path, KUBELET_LINK)).catch(() => path);
}

async function readFiles(folder: string): Promise<Map<string, string>> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    throw new SourceFault(`the folder cannot be read (${error.code})`);
  });
  const files = names
    .filter((name) => !name.startsWith('.'))
    .sort()
    .map(async (name) => [name, await readText(folder, name)] as const);
  return new Map(await Promise.all(files));
}

function keyFolderOf(texts: Map<string, string>): KeyFolder {
  const active = texts.get(ACTIVE);
  texts.delete(ACTIVE);
  if (active === undefined) {
    throw new SourceFault(`'${ACTIVE}' is missing`);
  }
  if (!texts.has(active)) {
    throw new SourceFault(`'${ACTIVE}' names no key of the folder`);
  }
  return { active, texts };
}

async function readText(folder: string, name: string): Promise<string> {
  if (!KEY_NAME.test(name)) {
    throw new SourceFault(`a file's name is no kid (letters, digits, '_', '-' and '.', 128 at most)`);
  }
  const text = await readTextFile(join(folder, name), `'${name}'`, LARGEST_FILE, (found) =>
    checkMode(found, name),
  );
  return text.replace(/\r?\n$/, '');
}

/** Whoever may write a key may sign. */
function checkMode({ mode }: Stats, name: string): void {
  // Windows has no such bits: Node.js makes them up.
  if (process.platform !== 'win32' && mode & WRITABLE_BY_OTHERS) {
    throw new SourceFault(`'${name}' may be written by others: chmod go-w`);
  }
}
