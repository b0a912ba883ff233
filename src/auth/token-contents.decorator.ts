import { createParamDecorator, ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Contents } from './auth.schema.js';

/** Hands a handler what the request's token says. */
export const TokenContents = createParamDecorator((_: unknown, context: ExecutionContext): Contents => {
  return context.switchToHttp().getRequest<FastifyRequest>().contents as Contents;
});
