import { ServiceUnavailableException } from '@nestjs/common';

/** Credentials cannot be checked now; the reason is for the log, never for the client. */
export class UnavailableException extends ServiceUnavailableException {
  constructor(readonly reason: string) {
    super();
  }
}
