import { Module } from '@nestjs/common';
import { Authenticator } from '../attempts/authenticator.js';
import { MetricsModule } from '../metrics/metrics.module.js';
import { PasswordHasher } from './password-hasher.js';
import { UsersAuthenticator } from './users.authenticator.js';

@Module({
  imports: [MetricsModule],
  providers: [PasswordHasher, { provide: Authenticator, useClass: UsersAuthenticator }],
  exports: [Authenticator],
})
export class UsersModule {}
