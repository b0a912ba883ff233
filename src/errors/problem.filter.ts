import { ArgumentsHost, Catch, ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { toProblem } from './problem.js';

/** Answers every exception as `application/problem+json`; the log keeps what a 500 does not say. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  catch(exception: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const { problem, headers } = toProblem(exception);
    if (problem.status >= 500 && problem.status !== 503) {
      request.log.error(exception);
    }
    if (reply.sent) {
      return;
    }
    void reply
      .status(problem.status)
      .headers({ ...headers, 'content-type': 'application/problem+json' })
      .send(JSON.stringify(problem));
  }
}
