import { Injectable, Logger, OnModuleInit } from '@nestjs/common';
import { Authenticator, Claims } from '../attempts/authenticator.js';

/** `AUTH_MODE=open`: everybody, whoever they say they are. */
@Injectable()
export class OpenAuthenticator extends Authenticator implements OnModuleInit {
  readonly meaning = 'Any email and password get a token: this is AUTH_MODE open, for demos and tests alone.';
  readonly isReady = true;

  onModuleInit(): void {
    new Logger('jwt-api').warn(
      'AUTH_MODE is open: whoever reaches this service gets a token for any email. It is for demos and tests; users and webhook ask for a password.',
    );
  }

  async authenticate(): Promise<Claims> {
    return {};
  }
}
