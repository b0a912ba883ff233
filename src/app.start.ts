import 'reflect-metadata';
import { writeSync } from 'node:fs';
import { Logger } from '@nestjs/common';
import { explain } from './app.fault.js';
import { createApp } from './app.setup.js';
import { stop } from './app.shutdown.js';
import { AuthMode } from './config/auth-variables.js';
import { readEnvironment } from './config/environment.js';

const STDERR = 2;

/** Starts the service, and answers how to stop it. If it can't be started, says why and ends the process. */
export async function start(): Promise<() => Promise<never>> {
  try {
    const environment = readEnvironment();
    const app = await createApp(environment);
    await app.init();
    // Fastify's own listen, for Nest's would log a fault that is explained below. No host at all: Node.js takes every
    // interface, with IPv6 or without.
    const url = await app
      .getHttpAdapter()
      .getInstance()
      .listen({
        port: environment.PORT,
        host: environment.HOST ?? '',
      });
    if (environment.NODE_ENV !== 'production') {
      showWay(url.replace(/\[::1?\]|0\.0\.0\.0/, 'localhost'), environment.AUTH_MODE);
    }
    return () => stop(app);
  } catch (error) {
    writeSync(STDERR, `${explain(error as Error)}\n`);
    process.exit(1);
  }
}

function showWay(url: string, mode: AuthMode): void {
  const logger = new Logger('jwt-api');
  const body = '{"email":"ada@example.com","password":"any"}';
  logger.log(`Swagger UI: ${url}/docs`);
  if (mode === 'open') {
    logger.log(`Try: curl -s ${url}/auth -H 'content-type: application/json' -d '${body}'`);
  }
}
