import { DynamicModule, Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { MODES } from '../attempts/attempts.module.js';
import { AuthMode } from '../config/auth-variables.js';
import { KeysModule } from '../keys/keys.module.js';
import { HealthController } from './health.controller.js';
import { ReadinessService } from './readiness.service.js';

@Module({
  // A pod that stops is no error: the request log has the 503s.
  imports: [KeysModule, TerminusModule.forRoot({ logger: false })],
  controllers: [HealthController],
  providers: [ReadinessService],
})
export class HealthModule {
  static forMode(mode: AuthMode): DynamicModule {
    return { module: HealthModule, imports: [MODES[mode]] };
  }
}
