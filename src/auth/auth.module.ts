import { DynamicModule, Module } from '@nestjs/common';
import { AttemptsModule } from '../attempts/attempts.module.js';
import { AuthMode } from '../config/auth-variables.js';
import { KeysModule } from '../keys/keys.module.js';
import { MetricsModule } from '../metrics/metrics.module.js';
import { AuthController } from './auth.controller.js';
import { AuthService } from './auth.service.js';

@Module({
  controllers: [AuthController],
  providers: [AuthService],
  exports: [AuthService],
})
export class AuthModule {
  static forMode(mode: AuthMode): DynamicModule {
    return { module: AuthModule, imports: [AttemptsModule.forMode(mode), KeysModule, MetricsModule] };
  }
}
