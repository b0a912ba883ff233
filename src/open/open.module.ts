import { Module } from '@nestjs/common';
import { Authenticator } from '../attempts/authenticator.js';
import { OpenAuthenticator } from './open.authenticator.js';

@Module({
  providers: [{ provide: Authenticator, useClass: OpenAuthenticator }],
  exports: [Authenticator],
})
export class OpenModule {}
