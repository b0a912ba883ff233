import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, NestFastifyApplication } from '@nestjs/platform-fastify';
import { LogController } from 'fastify';
import { Logger } from 'nestjs-pino';
import { serveDocs } from './app.docs.js';
import { SECURITY_HEADERS } from './app.headers.js';
import { AppModule } from './app.module.js';
import { Environment } from './config/environment.js';
import { parseJsonBody } from './errors/json-body.js';
import { refuseMethod } from './errors/method-not-allowed.exception.js';
import { BODY_LIMIT_BYTES } from './errors/problem.js';
import { ReadinessService } from './health/readiness.service.js';
import { createLogger } from './logging/logger.js';
import { requestId } from './logging/request-id.js';
import { logRequest, recordOf } from './logging/request-log.js';
import { MetricsService } from './metrics/metrics.service.js';

/**
 * A whole request has to arrive within this many milliseconds: it stops a client that trickles its bytes. Node.js takes
 * the shorter of its two timeouts for the headers and the longer one for the body, so both are set.
 */
const REQUEST_TIMEOUT = 15_000;
/** Node.js looks that often, in milliseconds, for requests that are late. */
const TIMEOUT_CHECK = 5_000;

/** The service, ready to listen: what `main.ts` and the tests share. */
export async function createApp(environment: Environment): Promise<NestFastifyApplication> {
  const logger = await createLogger(environment.LOG_LEVEL);
  const adapter = new FastifyAdapter({
    bodyLimit: BODY_LIMIT_BYTES,
    genReqId: requestId,
    http: { connectionsCheckingInterval: TIMEOUT_CHECK, headersTimeout: REQUEST_TIMEOUT },
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    loggerInstance: logger,
    requestTimeout: REQUEST_TIMEOUT,
    // A request on a kept connection is still answered while the service stops: see `configureApp`.
    return503OnClosing: false,
    // Anybody can write a forwarded address: only that of a named proxy counts.
    trustProxy: environment.AUTH_TRUSTED_PROXIES ?? false,
  });
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.forRoot(environment, logger),
    adapter,
    { abortOnError: false, bodyParser: false, bufferLogs: true },
  );
  app.useLogger(app.get(Logger));
  configureApp(app);
  return app;
}

function configureApp(app: NestFastifyApplication): void {
  const fastify = app.getHttpAdapter().getInstance();
  const readiness = app.get(ReadinessService);
  const metrics = app.get(MetricsService);

  // JSON alone: Nest would take forms as well, Fastify text.
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('application/json', { parseAs: 'buffer' }, parseJsonBody);

  fastify.addHook('onRequest', (request, reply, done) => {
    reply.headers(SECURITY_HEADERS).header('x-request-id', request.id);
    // Fastify's own hook never hears of a caller that has gone before the answer.
    reply.raw.once('close', () => {
      const record = recordOf(request, reply);
      logRequest(request, record);
      metrics.observeRequest(record);
    });
    done(request.is404 ? refuseMethod(fastify, request) : undefined);
  });
  fastify.addHook('onSend', (_request, reply, _payload, done) => {
    if (readiness.isStopping) {
      reply.header('connection', 'close');
    }
    done();
  });
  serveDocs(app);
}
