import { Failure } from './failure.ts';
import { RECORDS } from './key-folder.ts';

/** What was done with a key when, in the time of the API server. */
export interface KeyRecord {
  /** Written by `keys` itself: so it has signed nothing before it was activated. */
  added?: string;
  /** Every pod was seen to accept it, and to publish it if it is no secret. */
  published?: string;
  activated?: string;
  /** Every pod was seen to sign with another. */
  replaced?: string;
  /** The longest life of its tokens, in seconds. */
  lifetime?: number;
}

/** By the ids of the keys. */
export type KeyRecords = Record<string, KeyRecord>;

/** What was written down beside the keys. */
export function parseRecords(text: string): KeyRecords {
  try {
    return JSON.parse(text) as KeyRecords;
  } catch {
    throw new Failure(`what was done with the keys when (${RECORDS}) cannot be read`, {
      hint: 'Without it each key but the active one counts as one that has signed until now: remove that field.',
    });
  }
}
