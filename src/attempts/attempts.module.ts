import { DynamicModule, Module, Type } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import { ThrottlerModule } from '@nestjs/throttler';
import { AuthMode } from '../config/auth-variables.js';
import { Environment } from '../config/environment.js';
import { KeysModule } from '../keys/keys.module.js';
import { MetricsModule } from '../metrics/metrics.module.js';
import { OpenModule } from '../open/open.module.js';
import { UsersModule } from '../users/users.module.js';
import { WebhookModule } from '../webhook/webhook.module.js';
import { AttemptAudit } from './attempt-audit.js';
import { AttemptThrottle, throttlersOf } from './attempt-throttle.js';
import { AttemptsService } from './attempts.service.js';
import { FailureStorage } from './failure-storage.js';

/** Each gives its `Authenticator`. */
export const MODES: Record<AuthMode, Type> = { open: OpenModule, users: UsersModule, webhook: WebhookModule };

const throttler = ThrottlerModule.forRootAsync({
  inject: [ConfigService],
  useFactory: (config: ConfigService<Environment, true>) => ({
    throttlers: throttlersOf({
      AUTH_FAILURES_PER_ADDRESS: config.get('AUTH_FAILURES_PER_ADDRESS', { infer: true }),
      AUTH_FAILURES_PER_EMAIL: config.get('AUTH_FAILURES_PER_EMAIL', { infer: true }),
    }),
    storage: new FailureStorage(),
  }),
});

@Module({})
export class AttemptsModule {
  static forMode(mode: AuthMode): DynamicModule {
    return {
      module: AttemptsModule,
      imports: [KeysModule, MetricsModule, MODES[mode], throttler],
      providers: [AttemptAudit, AttemptThrottle, AttemptsService],
      exports: [AttemptsService],
    };
  }
}
