import { NestFastifyApplication } from '@nestjs/platform-fastify';
import request from 'supertest';
import { MetricsService } from '../src/metrics/metrics.service.js';

/** Asks for a token. */
export const signIn = (app: NestFastifyApplication, email: string, password: string) =>
  request(app.getHttpServer()).post('/auth').send({ email, password });

/** Whether the metrics have this line. */
export async function hasMetric(app: NestFastifyApplication, line: string): Promise<boolean> {
  return (await app.get(MetricsService).registry.metrics()).split('\n').includes(line);
}
