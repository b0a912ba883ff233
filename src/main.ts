import 'reflect-metadata';
import { Logger } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createApp } from './app.setup.js';
import { stopOnSignals } from './app.shutdown.js';
import { type Environment, EnvironmentError, readEnvironment } from './config/environment.js';

const logger = new Logger('jwt-api');

/** What went wrong in words that say how to mend it; anything unforeseen with its stack. */
function explain(error: NodeJS.ErrnoException & { port?: number }): string {
  if (error instanceof EnvironmentError) {
    return error.message;
  }
  if (error.code === 'EADDRINUSE') {
    return `jwt-api cannot start: port ${error.port} is in use. Set PORT or METRICS_PORT to another.`;
  }
  return `jwt-api cannot start: ${error.stack}`;
}

async function start(environment: Environment): Promise<NestFastifyApplication> {
  const app = await createApp(environment);
  // No host at all: Node.js takes every interface, with IPv6 or without.
  await app.listen(environment.PORT, environment.HOST ?? '');
  return app;
}

try {
  const environment = readEnvironment();
  const starting = start(environment);
  stopOnSignals(starting);
  const app = await starting;
  if (environment.NODE_ENV !== 'production') {
    const url = (await app.getUrl()).replace('[::1]', 'localhost');
    logger.log(`Swagger UI: ${url}/docs`);
    logger.log(
      `Try: curl -s ${url}/auth -H 'content-type: application/json' -d '{"email":"ada@example.com","password":"any"}'`,
    );
  }
} catch (error) {
  process.stderr.write(`${explain(error as Error)}\n`, () => process.exit(1));
}
