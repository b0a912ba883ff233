import { setTimeout as sleep } from 'node:timers/promises';
import { ConfigService } from '@nestjs/config';
import { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Environment } from './config/environment.js';
import { ReadinessService } from './health/readiness.service.js';

/**
 * Stops the service and ends the process: unready at once; after `SHUTDOWN_DELAY` no new connection; exit code 0 when
 * the last request has been answered, 1 when `SHUTDOWN_TIMEOUT` had to cut it off.
 */
export async function stop(app: NestFastifyApplication): Promise<never> {
  const config: ConfigService<Environment, true> = app.get(ConfigService);
  app.get(ReadinessService).stop();
  await sleep(config.get('SHUTDOWN_DELAY', { infer: true }));
  setTimeout(() => process.exit(1), config.get('SHUTDOWN_TIMEOUT', { infer: true }));
  await app.close();
  process.exit(0);
}
