import { Injectable } from '@nestjs/common';
import { Credentials } from '../auth/auth.schema.js';
import { KeysService } from '../keys/keys.service.js';
import { AttemptAudit } from './attempt-audit.js';
import { AttemptThrottle, Origin } from './attempt-throttle.js';
import { Authenticator, Claims } from './authenticator.js';
import { CallerOf } from './caller.decorator.js';
import { InvalidCredentialsException } from './invalid-credentials.exception.js';
import { UnavailableException } from './unavailable.exception.js';

/** The way of every attempt to get a token, whatever the mode. */
@Injectable()
export class AttemptsService {
  constructor(
    private readonly authenticator: Authenticator,
    private readonly throttle: AttemptThrottle,
    private readonly audit: AttemptAudit,
    private readonly keys: KeysService,
  ) {}

  /**
   * The claims of whoever has these credentials.
   * @throws {InvalidCredentialsException} when nobody has
   * @throws {TooManyAttemptsException} when too many have failed before it
   * @throws {UnavailableException} when it cannot be told now
   */
  async authenticate(credentials: Credentials, caller: CallerOf): Promise<Claims> {
    const origin = { email: credentials.email, address: caller.address };
    try {
      const claims = await this.attempt(credentials, origin);
      this.audit.accept(origin, caller.log);
      return claims;
    } catch (error) {
      this.audit.refuse(origin, caller.log, error);
      throw error;
    }
  }

  private async attempt(credentials: Credentials, origin: Origin): Promise<Claims> {
    // Before a password is checked in vain.
    if (!this.keys.hasKey) {
      throw new UnavailableException('no key');
    }
    this.throttle.check(origin);
    const claims = await this.authenticator.authenticate(credentials);
    // Once more: of guesses sent all at the same time no more are answered than of those sent one by one.
    this.throttle.check(origin);
    if (claims === undefined) {
      await this.throttle.fail(origin);
      throw new InvalidCredentialsException();
    }
    return claims;
  }
}
