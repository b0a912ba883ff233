/**
 * What the servers on Fastify have in common, so that they differ in what stands between Fastify and this: the tokens are
 * jsonwebtoken's with a key object, the lines of the log pino's, the metrics prom-client's.
 */
import { createHmac, createSecretKey, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify';
import jsonwebtoken from 'jsonwebtoken';
import { stdTimeFunctions } from 'pino';
import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client';
import { SECURITY_HEADERS } from '../../src/app.headers.ts';

const LIFETIME = 14 * 86_400;
const LEEWAY = 30;
const SANE_ID = /^[\w.:;=+/@-]{1,128}$/;
const BEARER = /^Bearer +([\w.~+/-]+=*)$/i;

const { HOST, JWT_SECRET = '', METRICS_PORT, PORT } = process.env;
const key = createSecretKey(JWT_SECRET, 'utf8');
const auditKey = createSecretKey(`audit ${JWT_SECRET}`, 'utf8');
const utf8 = new TextDecoder('utf-8', { fatal: true });

const registry = new Registry();
const duration = new Histogram({
  name: 'http_request_duration_seconds',
  help: 'Time to answer an HTTP request',
  labelNames: ['route', 'method', 'status'],
  buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  registers: [registry],
});
const issued = new Counter({ name: 'jwt_tokens_issued_total', help: 'Tokens issued', registers: [registry] });
const refused = new Counter({ name: 'jwt_tokens_refused_total', help: 'Refused', registers: [registry] });
const attempts = new Counter({ name: 'auth_attempts_total', help: 'Attempts', registers: [registry] });

/** Where a server listens. */
export const address = { port: Number(PORT), host: HOST ?? '' };

/** What Fastify is made with. */
export const options = {
  bodyLimit: 16 * 1024,
  genReqId: ({ headers: { 'x-request-id': given } }: { headers: NodeJS.Dict<string | string[]> }) =>
    typeof given === 'string' && SANE_ID.test(given) ? given : randomUUID(),
  logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
  logger: {
    base: null,
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (level: string) => ({ level }) },
  },
  requestTimeout: 15_000,
};

/** Everything around the routes: bodies, headers, a line of the log and a metric for each request. */
export function prepare(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, (_request, body, done) => {
    try {
      done(null, JSON.parse(utf8.decode(body)));
    } catch {
      done(Object.assign(new Error('is not JSON in UTF-8'), { statusCode: 400 }));
    }
  });
  app.addHook('onRequest', (request, reply, done) => {
    reply.headers({ ...SECURITY_HEADERS, 'x-request-id': request.id });
    reply.raw.once('close', () => record(request, reply));
    done();
  });
  collectDefaultMetrics({ register: registry });
  createServer(async (_request, response) => response.end(await registry.metrics())).listen(
    Number(METRICS_PORT),
    HOST,
  );
}

/** A token for whoever asks, and a line of the log that says so. */
export function issue(email: string, address: string, log: FastifyBaseLogger): string {
  const name = createHmac('sha256', auditKey).update(email).digest('base64url').slice(0, 22);
  attempts.inc();
  log.info({ outcome: 'accepted', email: name, address }, 'attempt');
  const token = jsonwebtoken.sign({ email }, key, { expiresIn: LIFETIME, notBefore: 0 });
  issued.inc();
  return token;
}

/** The claims of the token in an `Authorization` field; nothing if it is not to be accepted. */
export function read(authorization = ''): jsonwebtoken.JwtPayload | undefined {
  const claims = check(BEARER.exec(authorization)?.[1] ?? '');
  if (!claims) {
    refused.inc();
  }
  return claims;
}

function check(token: string): jsonwebtoken.JwtPayload | undefined {
  try {
    const { header, payload } = jsonwebtoken.verify(token, key, {
      algorithms: ['HS256'],
      clockTolerance: LEEWAY,
      complete: true,
    });
    const { email, exp } = Object(payload);
    const isGood = !('crit' in header) && typeof email === 'string' && typeof exp === 'number';
    return isGood ? Object(payload) : undefined;
  } catch {
    return undefined;
  }
}

/** Answers with an error. */
export function problem(reply: FastifyReply, status: number): FastifyReply {
  if (status === 401) {
    reply.header('www-authenticate', 'Bearer error="invalid_token"');
  }
  return reply
    .status(status)
    .header('content-type', 'application/problem+json')
    .send(JSON.stringify({ type: 'about:blank', title: 'Refused', status }));
}

function record(request: FastifyRequest, reply: FastifyReply): void {
  const { method } = request;
  const route = request.routeOptions.url ?? 'unknown';
  const durationMs = Math.round(reply.elapsedTime * 1_000) / 1_000;
  const status = reply.statusCode;
  request.log.info({ method, route, status, durationMs }, 'request');
  duration.observe({ route, method, status: `${Math.floor(status / 100)}xx` }, durationMs / 1_000);
}
