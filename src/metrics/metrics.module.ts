import { Module } from '@nestjs/common';
import { MetricsServer } from './metrics.server.js';
import { MetricsService } from './metrics.service.js';

@Module({ providers: [MetricsServer, MetricsService], exports: [MetricsService] })
export class MetricsModule {}
