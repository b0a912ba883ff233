import { Injectable } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import { Authenticator, Claims } from '../attempts/authenticator.js';
import { UnavailableException } from '../attempts/unavailable.exception.js';
import { WorkQueue } from '../attempts/work-queue.js';
import { Credentials } from '../auth/auth.schema.js';
import { Environment } from '../config/environment.js';
import { readAnswer } from './webhook-answer.js';

const CONCURRENCY = 32;
/** How many may wait for each that is being asked: so nobody waits longer than twice the timeout. */
const WAITING = 1;

/** `AUTH_MODE=webhook`: a service of the team's own knows who has which password. */
@Injectable()
export class WebhookAuthenticator extends Authenticator {
  readonly meaning =
    'A token for whom the user directory behind this service knows, with the right password.';
  /** Not unready while the webhook is away: that would take what tokens say away too, at every pod. */
  readonly isReady = true;
  private readonly url: string;
  private readonly token: string;
  private readonly timeout: number;
  private readonly claims: readonly string[];
  private readonly queue: WorkQueue;

  constructor(config: ConfigService<Environment, true>) {
    super();
    this.url = config.get('AUTH_WEBHOOK_URL', { infer: true }) as string;
    this.token = (config.get('AUTH_WEBHOOK_TOKEN', { infer: true }) ??
      config.get('AUTH_WEBHOOK_TOKEN_FILE', { infer: true })) as string;
    this.timeout = config.get('AUTH_WEBHOOK_TIMEOUT', { infer: true });
    this.claims = config.get('AUTH_WEBHOOK_CLAIMS', { infer: true }) ?? [];
    const concurrency = config.get('AUTH_CONCURRENCY', { infer: true }) ?? CONCURRENCY;
    this.queue = new WorkQueue(concurrency, concurrency * WAITING);
  }

  authenticate(credentials: Credentials): Promise<Claims | undefined> {
    return this.queue.run(() => this.ask(credentials));
  }

  private async ask({ email, password }: Credentials): Promise<Claims | undefined> {
    try {
      const response = await fetch(this.url, {
        method: 'POST',
        headers: {
          accept: 'application/json',
          authorization: `Bearer ${this.token}`,
          'content-type': 'application/json',
        },
        body: JSON.stringify({ email, password }),
        // To follow it would take the password to where nobody has sent it.
        redirect: 'error',
        // It counts until the whole answer is there.
        signal: AbortSignal.timeout(this.timeout),
      });
      return await readAnswer(response, this.claims);
    } catch (error) {
      throw error instanceof UnavailableException ? error : new UnavailableException(reasonOf(error));
    }
  }
}

/** Why there was no answer, in a word and without what was sent. */
function reasonOf(error: unknown): string {
  const { name, message, cause } = error as Error;
  if (name === 'TimeoutError') {
    return 'timeout';
  }
  const { code, message: inner } = Object(cause);
  return [code, inner, message].find((text) => typeof text === 'string' && text !== '') ?? name;
}
