import { type Stats, statSync } from 'node:fs';
import { z } from 'zod';

/** What a path leads to; nothing where Node.js cannot tell, for its own words on that would have the path in them. */
function look(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

/** The path of a file. */
export const existingFile = z.string().refine((path) => look(path)?.isFile() ?? false, 'names no file');

/** The path of a folder. */
export const existingFolder = z
  .string()
  .refine((path) => look(path)?.isDirectory() ?? false, 'names no folder');
