import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

/** What a hash costs: memory in KiB, passes over it, and lanes. */
export interface Cost {
  memory: number;
  passes: number;
  parallelism: number;
}

/** An argon2id hash of a password (RFC 9106, version 1.3). */
export interface PasswordHash extends Cost {
  salt: Buffer;
  tag: Buffer;
}

/**
 * What OWASP's Password Storage Cheat Sheet recommends for argon2id: memory and passes of which each pair is as hard
 * as the others. New hashes have the second.
 */
const RECOMMENDED = [
  { memory: 47_104, passes: 1 },
  { memory: 19_456, passes: 2 },
  { memory: 12_288, passes: 3 },
  { memory: 9_216, passes: 4 },
  { memory: 7_168, passes: 5 },
];
export const NEW_COST: Cost = { memory: 19_456, passes: 2, parallelism: 1 };
const SALT_BYTES = 16;
const TAG_BYTES = 32;

/** The most that a hash may cost: a line of the file must not take a pod's memory, or its time. RFC 9106's choice for where memory is scarce fits. */
const LIMITS = { memory: 65_536, passes: 10, parallelism: 8 };

/** The numbers of argon2 have 32 bits. */
const PHC =
  /^\$argon2id\$v=19\$m=(\d{1,10}),t=(\d{1,10}),p=(\d{1,10})\$([A-Za-z\d+/]{11,86})\$([A-Za-z\d+/]{22,86})$/;

const derive = promisify(argon2);

/** Reads the PHC string of a hash. @throws {Error} with what is wrong, and nothing of the text */
export function parseHash(phc: string): PasswordHash {
  const [, memory, passes, parallelism, salt = '', tag = ''] = PHC.exec(phc) ?? [];
  // Base64 that encodes nothing whole is what is left of a hash whose end was lost: no password would ever fit it.
  if (memory === undefined || [salt, tag].some((text) => encode(decode(text)) !== text)) {
    throw new Error('has no argon2id hash in PHC form ($argon2id$v=19$m=…,t=…,p=…$salt$hash)');
  }
  const cost = { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) };
  if (!isAffordable(cost)) {
    throw new Error(
      `has a hash with m, t or p out of bounds (${LIMITS.memory}, ${LIMITS.passes}, ${LIMITS.parallelism} at most)`,
    );
  }
  return { ...cost, salt: decode(salt), tag: decode(tag) };
}

/** Base64 as PHC strings have it: without padding. */
const encode = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '');
const decode = (text: string) => Buffer.from(text, 'base64');

function isAffordable({ memory, passes, parallelism }: Cost): boolean {
  // RFC 9106 §3.1: eight blocks a lane at least.
  const isWhole = passes >= 1 && parallelism >= 1 && memory >= 8 * parallelism;
  return isWhole && memory <= LIMITS.memory && passes <= LIMITS.passes && parallelism <= LIMITS.parallelism;
}

/** Whether a hash costs an attacker less than is recommended today. */
export function isWeak({ memory, passes }: Cost): boolean {
  return !RECOMMENDED.some((least) => memory >= least.memory && passes >= least.passes);
}

/** The PHC string of a new hash. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const tag = await tagOf(password, { ...NEW_COST, salt, tag: Buffer.alloc(TAG_BYTES) });
  const { memory, passes, parallelism } = NEW_COST;
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${encode(salt)}$${encode(tag)}`;
}

/** Whether the hash is this password's. The work is done by another thread: the event loop goes on. */
export async function isPassword(password: string, hash: PasswordHash): Promise<boolean> {
  return timingSafeEqual(await tagOf(password, hash), hash.tag);
}

function tagOf(password: string, { memory, passes, parallelism, salt, tag }: PasswordHash): Promise<Buffer> {
  return derive('argon2id', {
    message: password,
    nonce: salt,
    memory,
    passes,
    parallelism,
    tagLength: tag.length,
  });
}
