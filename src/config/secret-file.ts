import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** Bytes that are no text would all become the same U+FFFD: a weak secret that looks long. */
const utf8 = new TextDecoder('utf-8', { fatal: true });

/** The path of a file, read as the secret that it holds; a line break at its end is not part of it. */
export const secretFile = z.string().transform((path, context) => {
  try {
    const secret = utf8.decode(readFileSync(path)).replace(/\r?\n$/, '');
    if (secret !== '') {
      return secret;
    }
    context.addIssue('names an empty file');
  } catch (error) {
    context.addIssue(`names a file that cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
  return z.NEVER;
});
