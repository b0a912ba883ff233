import { DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_PIPE } from '@nestjs/core';
import type { Logger } from 'pino';
import { AuthModule } from './auth/auth.module.js';
import { BearerGuard } from './auth/bearer.guard.js';
import { ConfigModule } from './config/config.module.js';
import { Environment } from './config/environment.js';
import { BodyPipe } from './errors/body.pipe.js';
import { ProblemFilter } from './errors/problem.filter.js';
import { HealthModule } from './health/health.module.js';
import { LoggingModule } from './logging/logging.module.js';
import { MetricsModule } from './metrics/metrics.module.js';

@Module({
  imports: [MetricsModule],
  // The way of every request: who asks, what they send, and the answer when either is wrong.
  providers: [
    { provide: APP_FILTER, useClass: ProblemFilter },
    { provide: APP_GUARD, useClass: BearerGuard },
    { provide: APP_PIPE, useClass: BodyPipe },
  ],
})
export class AppModule {
  static forRoot(environment: Environment, logger: Logger): DynamicModule {
    return {
      module: AppModule,
      imports: [
        AuthModule.forMode(environment.AUTH_MODE),
        ConfigModule.forRoot(environment),
        HealthModule.forMode(environment.AUTH_MODE),
        LoggingModule.forRoot(logger),
      ],
    };
  }
}
