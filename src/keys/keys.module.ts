import { Module } from '@nestjs/common';
import { MetricsModule } from '../metrics/metrics.module.js';
import { KeysService } from './keys.service.js';

@Module({ imports: [MetricsModule], providers: [KeysService], exports: [KeysService] })
export class KeysModule {}
