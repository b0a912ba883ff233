import 'reflect-metadata';
import { NestFastifyApplication } from '@nestjs/platform-fastify';
import '@nestjs/core';
import { checkEnvironment } from '../src/config/environment.js';

// @nestjs/throttler is CommonJS and requires Nest, which Jest allows only where Nest's own modules have been evaluated before.
// A spec imports what stands on it in the same way.
const { createApp } = await import('../src/app.setup.js');

export const SECRET = 'a secret of the tests, long enough for HS256';

/** The whole service, on ports of the system's choice; of the environment it knows `variables` alone. */
export async function startApp(variables: NodeJS.ProcessEnv = {}): Promise<NestFastifyApplication> {
  const environment = checkEnvironment({
    HOST: '127.0.0.1',
    JWT_SECRET: SECRET,
    LOG_LEVEL: 'CRITICAL',
    METRICS_PORT: '0',
    PORT: '0',
    ...variables,
  });
  const app = await createApp(environment);
  await app.listen(environment.PORT, '127.0.0.1');
  return app;
}
