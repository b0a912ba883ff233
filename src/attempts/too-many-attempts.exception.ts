import { HttpException, HttpStatus } from '@nestjs/common';

/** Too many attempts have failed, for this email or from this address. */
export class TooManyAttemptsException extends HttpException {
  constructor(
    /** Seconds after which the next attempt counts. */
    readonly retryAfter: number,
  ) {
    super('Too Many Requests', HttpStatus.TOO_MANY_REQUESTS);
  }
}
