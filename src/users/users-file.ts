import { createHash, createHmac } from 'node:crypto';
import { credentialsSchema } from '../auth/auth.schema.js';
import { SourceFault } from '../following/follower.js';
import { isWeak, NEW_COST, PasswordHash, parseHash } from './password-hash.js';

/** What a Secret of Kubernetes may hold: some eight thousand users. */
export const LARGEST_USERS_FILE = 1024 * 1024;

/** What stands in for a user where there are none. */
const NOBODY: PasswordHash = { ...NEW_COST, salt: Buffer.alloc(16), tag: Buffer.alloc(32) };

const email = credentialsSchema.shape.email;

/** A line of a users file that is not a comment. */
export interface User {
  line: number;
  hash: PasswordHash;
}

/** Who may sign in: one `email:hash` a line, as htpasswd has it; a line that begins with `#` is a comment. */
export class UsersFile {
  private constructor(
    readonly users: ReadonlyMap<string, User>,
    /** The hashes by line, and what chooses among them: alike in every process that has read the same file. */
    private readonly hashes: readonly PasswordHash[],
    private readonly key: Buffer,
  ) {}

  /** @throws {SourceFault} that names the line at fault, and nothing of its text */
  static parse(text: string): UsersFile {
    const users = new Map<string, User>();
    for (const [index, line] of text.split(/\r?\n/).entries()) {
      if (line.trim() !== '' && !line.startsWith('#')) {
        const [name, hash] = parseLine(line, index + 1);
        if (users.has(name)) {
          throw new SourceFault(`line ${index + 1} has an email that line ${users.get(name)?.line} has too`);
        }
        users.set(name, { line: index + 1, hash });
      }
    }
    const hashes = [...users.values()].map(({ hash }) => hash);
    return new UsersFile(users, hashes, createHash('sha256').update(text).digest());
  }

  /** The lines whose hashes have weaker parameters than is recommended. */
  get weakLines(): number[] {
    return [...this.users.values()].filter(({ hash }) => isWeak(hash)).map(({ line }) => line);
  }

  /**
   * A hash to check for an email that is unknown, so that it takes the same work: that of some user, always the same
   * one for the same email. Among users whose hashes differ in cost, an unknown email then costs what one of them does.
   */
  decoyFor(unknown: string): PasswordHash {
    const choice = createHmac('sha256', this.key).update(unknown).digest().readUInt32BE();
    return this.hashes[choice % this.hashes.length] ?? NOBODY;
  }
}

function parseLine(line: string, number: number): [string, PasswordHash] {
  const colon = line.indexOf(':');
  const name = line.slice(0, Math.max(colon, 0));
  if (!email.safeParse(name).success) {
    throw new SourceFault(`line ${number} does not begin with an email address and a colon`);
  }
  try {
    return [name, parseHash(line.slice(colon + 1))];
  } catch (error) {
    throw new SourceFault(`line ${number} ${(error as Error).message}`);
  }
}
