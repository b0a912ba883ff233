import { type FastifyReply, type FastifyRequest, LogController } from 'fastify';

const PROBES = new Set(['/healthz', '/readyz']);

/** The route that a request has been matched to. It takes the place of the path, which is the caller's text. */
export function routeOf(request: FastifyRequest): string {
  return request.routeOptions.url ?? 'unknown';
}

/** What Fastify logs of requests: one line for each that is done, probes at `DEBUG`; none of its headers and body. */
export class RequestLog extends LogController {
  constructor() {
    super({ disableRequestLogging: true, requestIdLogLabel: 'requestId' });
  }

  override requestCompleted(_error: Error | null, request: FastifyRequest, reply: FastifyReply): void {
    const route = routeOf(request);
    const line = {
      method: request.method,
      route,
      status: reply.statusCode,
      durationMs: Math.round(reply.elapsedTime * 1_000) / 1_000,
    };
    request.log[PROBES.has(route) ? 'debug' : 'info'](line, 'request');
  }
}
