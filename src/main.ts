import 'reflect-metadata';
import { Logger } from '@nestjs/common';
import { createApp } from './app.setup.js';
import { stopOnSignals } from './app.shutdown.js';
import { EnvironmentError, readEnvironment } from './config/environment.js';

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

try {
  const environment = readEnvironment();
  const app = await createApp(environment);
  // No host at all: Node.js takes every interface, with IPv6 or without.
  await app.listen(environment.PORT, environment.HOST ?? '');
  stopOnSignals(app);
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
