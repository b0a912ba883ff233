import { isIP } from 'node:net';
import { createParamDecorator, ExecutionContext } from '@nestjs/common';
import type { FastifyBaseLogger, FastifyRequest } from 'fastify';

/** Who asks, and the log of their request, whose lines have its id. */
export interface CallerOf {
  /** Of the connection, or forwarded by a proxy that `AUTH_TRUSTED_PROXIES` names. */
  address: string;
  log: Pick<FastifyBaseLogger, 'info'>;
}

/** Where IPv6 sockets take IPv4 too, such an address comes as `::ffff:192.0.2.1`. */
const MAPPED = /^::ffff:(?=\d+\.)/i;

/** Hands a handler who asks. */
export const Caller = createParamDecorator((_: unknown, context: ExecutionContext): CallerOf => {
  const { ip, log, socket } = context.switchToHttp().getRequest<FastifyRequest>();
  // A proxy may hand on what its client made up: text that is no address counts as the proxy's own.
  const address = isIP(ip) ? ip : (socket.remoteAddress ?? 'unknown');
  return { address: address.replace(MAPPED, ''), log };
});
