import { constants } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { ConfigService } from '@nestjs/config';
import { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Environment } from './config/environment.js';
import { ReadinessService } from './health/readiness.service.js';

/**
 * Stops the process on SIGTERM or SIGINT: unready at once; after `SHUTDOWN_DELAY` no new connection;
 * exit code 0 when the last request has been answered, 1 when `SHUTDOWN_TIMEOUT` had to cut it off.
 * A signal that comes while it starts counts as soon as it has. A second one ends the process at once. Nest's own hooks ignore it, and end by the signal instead of with 0.
 */
export function stopOnSignals(starting: Promise<NestFastifyApplication>): void {
  let isStopping = false;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (isStopping) {
        process.exit(128 + constants.signals[signal]);
      }
      isStopping = true;
      // Who waits for the start tells why it failed.
      starting.then(stop, () => undefined);
    });
  }
}

async function stop(app: NestFastifyApplication): Promise<void> {
  const config: ConfigService<Environment, true> = app.get(ConfigService);
  app.get(ReadinessService).stop();
  await sleep(config.get('SHUTDOWN_DELAY', { infer: true }));
  setTimeout(() => process.exit(1), config.get('SHUTDOWN_TIMEOUT', { infer: true }));
  await app.close();
  process.exit(0);
}
