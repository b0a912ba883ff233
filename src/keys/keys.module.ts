import { Module } from '@nestjs/common';
import { MetricsModule } from '../metrics/metrics.module.js';
import { KeysService } from './keys.service.js';
import { WellKnownController } from './well-known.controller.js';

@Module({
  imports: [MetricsModule],
  controllers: [WellKnownController],
  providers: [KeysService],
  exports: [KeysService],
})
export class KeysModule {}
