import { Injectable, Logger, OnModuleDestroy, OnModuleInit } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import { Authenticator, Claims } from '../attempts/authenticator.js';
import { UnavailableException } from '../attempts/unavailable.exception.js';
import { WorkQueue } from '../attempts/work-queue.js';
import { Credentials } from '../auth/auth.schema.js';
import { Environment } from '../config/environment.js';
import { Follower, Source } from '../following/follower.js';
import { readTextFile } from '../following/text-file.js';
import { MetricsService } from '../metrics/metrics.service.js';
import { PasswordHasher } from './password-hasher.js';
import { LARGEST_USERS_FILE, UsersFile } from './users-file.js';

/** Half of the four threads that Node.js has for such work: the others read files and look up names. */
const CONCURRENCY = 2;
/** How many may wait for each that is being hashed: a fraction of a second's work. */
const WAITING = 8;

/** `AUTH_MODE=users`: who stands in a file, which is read again when it changes. */
@Injectable()
export class UsersAuthenticator extends Authenticator implements OnModuleInit, OnModuleDestroy {
  readonly meaning = 'A token for a user whom the service knows, with the right password.';
  private readonly logger = new Logger('Users');
  private readonly follower: Follower<string>;
  private readonly queue: WorkQueue;
  private held?: UsersFile;

  constructor(
    config: ConfigService<Environment, true>,
    private readonly metrics: MetricsService,
    private readonly hasher: PasswordHasher,
  ) {
    super();
    const concurrency = config.get('AUTH_CONCURRENCY', { infer: true }) ?? CONCURRENCY;
    this.queue = new WorkQueue(concurrency, concurrency * WAITING);
    this.follower = new Follower(this.source(config.get('AUTH_USERS_FILE', { infer: true }) as string));
  }

  async onModuleInit(): Promise<void> {
    await this.follower.start();
  }

  onModuleDestroy(): void {
    this.follower.stop();
  }

  async authenticate({ email, password }: Credentials): Promise<Claims | undefined> {
    const isRight = await this.queue.run(async () => {
      // The file of now, not of when the wait began: a user may just have been removed.
      const file = this.file;
      const user = file.users.get(email);
      const isMatch = await this.hasher.isPassword(password, user?.hash ?? file.decoyFor(email));
      // An unknown email's stand-in is a real user's hash: that its password fits opens nothing.
      return isMatch && user !== undefined;
    });
    return isRight ? {} : undefined;
  }

  get isReady(): boolean {
    return this.held !== undefined;
  }

  private get file(): UsersFile {
    if (this.held === undefined) {
      throw new UnavailableException('no users');
    }
    return this.held;
  }

  private source(path: string): Source<string> {
    return {
      read: () => readTextFile(path, 'AUTH_USERS_FILE', LARGEST_USERS_FILE),
      identify: (text) => text,
      take: (text) => this.take(UsersFile.parse(text)),
      refuse: (fault) => this.refuse(fault),
    };
  }

  private take(file: UsersFile): void {
    this.held = file;
    const weak = file.weakLines;
    this.metrics.usersTaken(file.users.size, weak.length);
    this.logger.log(`Users taken: ${file.users.size}.`);
    if (weak.length > 0) {
      this.logger.warn(
        `Users with hashes weaker than is recommended, by line: ${summary(weak)}. Set their passwords anew.`,
      );
    }
  }

  private refuse(fault: string): void {
    this.metrics.usersRefused();
    this.logger.error(
      `Users refused: ${fault}. ${this.held ? 'Those before them stay.' : 'There are none yet.'}`,
    );
  }
}

/** Numbers for a log line, which a thousand of them would make unreadable. */
function summary(numbers: number[]): string {
  const more = numbers.length - 10;
  return numbers.slice(0, 10).join(', ') + (more > 0 ? ` and ${more} more` : '');
}
