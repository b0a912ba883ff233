import { NestFastifyApplication } from '@nestjs/platform-fastify';
import request from 'supertest';
import { MetricsService } from '../src/metrics/metrics.service.js';
import { expectProblem, UNAUTHORIZED } from './problems.js';

export const readToken = (app: NestFastifyApplication, token: string) =>
  request(app.getHttpServer()).get('/contents').set('Authorization', `Bearer ${token}`);

/** Expects the token to be refused without a word, and counted under the reason. */
export async function expectRefused(
  app: NestFastifyApplication,
  token: string,
  reason: string,
): Promise<void> {
  const { tokensRefused } = app.get(MetricsService);
  tokensRefused.reset();
  const answer = await readToken(app, token);
  expectProblem(answer, UNAUTHORIZED);
  expect(answer.headers['www-authenticate']).toBe('Bearer error="invalid_token"');
  expect((await tokensRefused.get()).values).toEqual([{ labels: { reason }, value: 1 }]);
}
