import { createHash } from 'node:crypto';
import { CallHandler, ExecutionContext, HttpStatus, Injectable, NestInterceptor } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { map, Observable } from 'rxjs';
import { Environment } from '../config/environment.js';

/** Lets an answer be kept for `JWKS_MAX_AGE`, and then be asked for only if it has changed (RFC 9110 §13.1.2). */
@Injectable()
export class CacheInterceptor implements NestInterceptor {
  private readonly cacheControl: string;

  constructor(config: ConfigService<Environment, true>) {
    this.cacheControl = `public, max-age=${config.get('JWKS_MAX_AGE', { infer: true }) / 1_000}`;
  }

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    return next.handle().pipe(
      map((document) => {
        const etag = `"${createHash('sha256').update(JSON.stringify(document)).digest('base64url')}"`;
        reply.headers({ 'cache-control': this.cacheControl, etag });
        if (!names(request.headers['if-none-match'], etag)) {
          return document;
        }
        reply.status(HttpStatus.NOT_MODIFIED);
        return undefined;
      }),
    );
  }
}

/** The comparison is the weak one, as the field asks for. */
function names(ifNoneMatch = '', etag: string): boolean {
  const tags = ifNoneMatch.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes('*') || tags.includes(etag);
}
