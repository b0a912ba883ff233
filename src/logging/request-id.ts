import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** What callers commonly send (UUIDs, ULIDs, AWS trace ids), and nothing that could forge a log line. */
const SANE = /^[\w.:;=+/@-]{1,128}$/;

/** The caller's `X-Request-Id` if it is sane, else a new one. */
export function requestId(request: Pick<IncomingMessage, 'headers'>): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && SANE.test(given) ? given : randomUUID();
}
