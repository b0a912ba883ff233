import { METHODS } from 'node:http';
import { HttpException, HttpStatus } from '@nestjs/common';
import type { FastifyInstance, FastifyRequest } from 'fastify';

/** The path is there, but not for this method. */
export class MethodNotAllowedException extends HttpException {
  constructor(readonly allowed: readonly string[]) {
    super('Method Not Allowed', HttpStatus.METHOD_NOT_ALLOWED);
  }
}

/** The refusal of a request that has no route, if its path has routes for other methods. */
export function refuseMethod(
  fastify: FastifyInstance,
  request: FastifyRequest,
): MethodNotAllowedException | undefined {
  const url = request.url.split('?')[0] as string;
  const allowed = METHODS.filter((method) => fastify.hasRoute({ method, url }));
  return allowed.length === 0 ? undefined : new MethodNotAllowedException(allowed);
}
