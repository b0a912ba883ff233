import { createHmac } from 'node:crypto';
import { HttpException, Injectable } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import { Environment } from '../config/environment.js';
import { KeysService } from '../keys/keys.service.js';
import { MetricsService } from '../metrics/metrics.service.js';
import { Origin } from './attempt-throttle.js';
import { CallerOf } from './caller.decorator.js';
import { InvalidCredentialsException } from './invalid-credentials.exception.js';
import { TooManyAttemptsException } from './too-many-attempts.exception.js';
import { UnavailableException } from './unavailable.exception.js';

type Log = CallerOf['log'];

/** How an attempt to get a token ended. */
export type Outcome = 'accepted' | 'refused' | 'throttled' | 'unavailable' | 'failed';

/** Writes down each attempt: one line of the log, and a metric. */
@Injectable()
export class AttemptAudit {
  private readonly isClear: boolean;

  constructor(
    config: ConfigService<Environment, true>,
    private readonly keys: KeysService,
    private readonly metrics: MetricsService,
  ) {
    this.isClear = config.get('AUTH_AUDIT_EMAIL', { infer: true }) === 'clear';
  }

  accept(origin: Origin, log: Log): void {
    this.write('accepted', origin, log);
  }

  /** What kept somebody from a token. */
  refuse(origin: Origin, log: Log, error: unknown): void {
    this.write(
      outcomeOf(error),
      origin,
      log,
      error instanceof UnavailableException ? error.reason : undefined,
    );
  }

  private write(outcome: Outcome, { email, address }: Origin, log: Log, reason?: string): void {
    this.metrics.attempts.inc({ outcome });
    log.info({ outcome, email: this.nameOf(email), address, ...(reason && { reason }) }, 'attempt');
  }

  /** Emails are no secrets, but a log of who signs in when is read by many: it has them as a keyed hash. */
  private nameOf(email: string): string | undefined {
    if (this.isClear) {
      return email;
    }
    if (!this.keys.hasKey) {
      return undefined;
    }
    return createHmac('sha256', this.keys.ring.active.auditKey)
      .update(email)
      .digest('base64url')
      .slice(0, 22);
  }
}

function outcomeOf(error: unknown): Outcome {
  if (error instanceof InvalidCredentialsException) {
    return 'refused';
  }
  if (error instanceof TooManyAttemptsException) {
    return 'throttled';
  }
  return error instanceof HttpException ? 'unavailable' : 'failed';
}
