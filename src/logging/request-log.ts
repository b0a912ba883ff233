import type { FastifyReply, FastifyRequest } from 'fastify';

const PROBES = new Set(['/healthz', '/readyz']);

/** The caller has gone, or was too slow to ask, before there was an answer. The status is nginx's for that. */
const CLIENT_CLOSED_REQUEST = 499;

/** What the log and the metrics have of a request: none of its headers, and nothing of its body. */
export interface RequestRecord {
  method: string;
  /** What it has been matched to. It takes the place of the path, which is the caller's text. */
  route: string;
  status: number;
  durationMs: number;
}

/** What there is to say of a request that is over. */
export function recordOf(request: FastifyRequest, reply: FastifyReply): RequestRecord {
  return {
    method: request.method,
    route: request.routeOptions.url ?? 'unknown',
    status: reply.raw.writableFinished ? reply.statusCode : CLIENT_CLOSED_REQUEST,
    durationMs: Math.round(reply.elapsedTime * 1_000) / 1_000,
  };
}

/** The one line of a request; those of probes are for `DEBUG`. */
export function logRequest(request: FastifyRequest, record: RequestRecord): void {
  request.log[PROBES.has(record.route) ? 'debug' : 'info'](record, 'request');
}
