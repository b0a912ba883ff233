import { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** Serves Swagger UI at `/docs` and the OpenAPI document at `/openapi.json`. Neither is loaded before it is asked for. */
export function serveDocs(app: NestFastifyApplication): void {
  const fastify = app.getHttpAdapter().getInstance();
  let loading: Promise<NestFastifyApplication> | undefined;

  async function answer(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    loading ??= import('./app.openapi.js').then(({ createDocs }) => createDocs(app));
    const docs = await loading;
    const { statusCode, headers, rawPayload } = await docs.inject({
      method: request.method as 'GET' | 'HEAD',
      url: request.url,
      headers: request.headers,
    });
    if (statusCode === 404) {
      return reply.callNotFound();
    }
    // What concerns the connection is not for a request that had none.
    const { connection, date, ...rest } = headers;
    reply.code(statusCode).headers(rest).send(rawPayload);
  }

  for (const path of ['/docs', '/docs/*', '/openapi.json']) {
    fastify.get(path, answer);
  }
}
