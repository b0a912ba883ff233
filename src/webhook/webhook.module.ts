import { Module } from '@nestjs/common';
import { Authenticator } from '../attempts/authenticator.js';
import { WebhookAuthenticator } from './webhook.authenticator.js';

@Module({
  providers: [{ provide: Authenticator, useClass: WebhookAuthenticator }],
  exports: [Authenticator],
})
export class WebhookModule {}
