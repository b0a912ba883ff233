import { CanActivate, ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { MetricsService } from '../metrics/metrics.service.js';
import { Contents } from './auth.schema.js';
import { AuthService } from './auth.service.js';
import { bearerToken } from './bearer.js';
import { InvalidTokenException } from './invalid-token.exception.js';
import { Public } from './public.decorator.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** What the request's token says, once the guard has accepted it. */
    contents?: Contents;
  }
}

/** Asks every route for a token, but for those that are `Public`. */
@Injectable()
export class BearerGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly auth: AuthService,
    private readonly metrics: MetricsService,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    if (this.reflector.getAllAndOverride(Public, [context.getHandler(), context.getClass()])) {
      return true;
    }
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    try {
      // Of two fields of this name `headers` keeps the first only.
      request.contents = this.auth.readToken(bearerToken(request.raw.headersDistinct.authorization));
      return true;
    } catch (error) {
      if (error instanceof InvalidTokenException) {
        this.metrics.tokensRefused.inc({ reason: error.reason });
        request.log.debug({ reason: error.reason }, 'token refused');
      }
      throw error;
    }
  }
}
