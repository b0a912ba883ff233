import { constants } from 'node:fs';
import { open, realpath, rename, rm, stat } from 'node:fs/promises';
import { SourceFault } from '../following/follower.js';
import { readTextFile } from '../following/text-file.js';
import { LARGEST_USERS_FILE, UsersFile } from './users-file.js';

/** For the owner alone: whoever reads the file can guess at its passwords. */
const PRIVATE = 0o600;

/** The text of a users file. @throws {SourceFault} */
export function readUsersText(path: string): Promise<string> {
  return readTextFile(path, path, LARGEST_USERS_FILE);
}

/** The text with this line for the email: in the place of its old one, or at the end. Every other line stays as it is. */
export function withUser(text: string, email: string, hash: string): string {
  const line = `${email}:${hash}`;
  const known = UsersFile.parse(text).users.get(email);
  if (known === undefined) {
    return `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${line}\n`;
  }
  return text
    .split('\n')
    .with(known.line - 1, line)
    .join('\n');
}

/** The text without the email's line. @throws {SourceFault} if it has none */
export function withoutUser(text: string, email: string): string {
  const known = UsersFile.parse(text).users.get(email);
  if (known === undefined) {
    throw new SourceFault('no such user');
  }
  return text
    .split('\n')
    .toSpliced(known.line - 1, 1)
    .join('\n');
}

/**
 * Rewrites a users file, as a whole and for one editor at a time: the new text is written beside it under a name that
 * only one can make, and then takes its place, so that whoever reads it finds the old text or the new one.
 */
export async function editUsersFile(path: string, edit: (text: string) => string): Promise<void> {
  const target = await realpath(path).catch(() => path);
  const draft = `${target}.lock`;
  const flags = constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY;
  const file = await open(draft, flags, PRIVATE).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'EEXIST'
      ? new SourceFault(`somebody is editing ${path}. If nobody is, remove ${draft}`)
      : error;
  });
  try {
    const before = await stat(target).catch(() => undefined);
    const text = edit(before ? await readUsersText(target) : '');
    UsersFile.parse(text);
    await file.writeFile(text);
    if (before) {
      await file.chown(before.uid, before.gid);
      await file.chmod(before.mode & 0o777);
    }
    await file.sync();
    await file.close();
    await rename(draft, target);
  } catch (error) {
    await file.close().catch(() => undefined);
    await rm(draft, { force: true });
    throw error;
  }
}
