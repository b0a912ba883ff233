import type { FastifyRequest } from 'fastify';
import { InvalidBodyException } from './invalid-body.exception.js';

export const NOT_JSON = { pointer: '#', detail: 'is not JSON in UTF-8' };

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Fastify's parser for `application/json` (RFC 8259: UTF-8 and nothing else).
 * Fastify's own one would put U+FFFD for bytes that are no UTF-8.
 */
export function parseJsonBody(
  _request: FastifyRequest,
  body: Buffer,
  done: (error: Error | null, value?: unknown) => void,
): void {
  let value: unknown;
  try {
    value = JSON.parse(utf8.decode(body));
  } catch {
    done(new InvalidBodyException([NOT_JSON]));
    return;
  }
  done(null, value);
}
