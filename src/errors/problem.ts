import { STATUS_CODES } from 'node:http';
import { HttpException, HttpStatus } from '@nestjs/common';
import { z } from 'zod';
import { InvalidCredentialsException } from '../attempts/invalid-credentials.exception.js';
import { TooManyAttemptsException } from '../attempts/too-many-attempts.exception.js';
import { InvalidTokenException } from '../auth/invalid-token.exception.js';
import { InvalidBodyException } from './invalid-body.exception.js';
import { MethodNotAllowedException } from './method-not-allowed.exception.js';

export const BODY_LIMIT_BYTES = 16 * 1024;

const fieldErrorSchema = z.object({
  pointer: z
    .string()
    .meta({ description: 'A JSON pointer into the body, as a URI fragment (RFC 6901)', example: '#/email' }),
  detail: z.string(),
});

/** An error answer: RFC 9457, `application/problem+json`. */
export const problemSchema = z.object({
  type: z.literal('about:blank'),
  title: z.string().meta({ description: 'The phrase of the status' }),
  status: z.int().meta({ description: 'The status of the answer' }),
  detail: z.string().optional(),
  errors: z.array(fieldErrorSchema).optional().meta({ description: 'Each wrong field of a 400' }),
});

export type Problem = z.infer<typeof problemSchema>;

/** An error answer, whole but for the headers that every answer has. */
export interface ProblemAnswer {
  problem: Problem;
  headers: Record<string, string>;
}

const DETAILS: Partial<Record<number, string>> = {
  [HttpStatus.BAD_REQUEST]: 'The body is not what this route takes.',
  [HttpStatus.UNAUTHORIZED]: 'invalid_token',
  [HttpStatus.PAYLOAD_TOO_LARGE]: `The body is larger than ${BODY_LIMIT_BYTES} bytes.`,
  [HttpStatus.UNSUPPORTED_MEDIA_TYPE]: 'The body has to be application/json.',
};

/** Seconds after which a client may ask again. */
const RETRY_AFTER = 1;

/** What a client is told of an exception. Whatever is not meant for clients is a 500 that says nothing. */
export function toProblem(exception: unknown): ProblemAnswer {
  const status = statusOf(exception);
  const problem: Problem = { type: 'about:blank', title: STATUS_CODES[status] ?? 'Error', status };
  const detail = exception instanceof InvalidCredentialsException ? 'invalid_credentials' : DETAILS[status];
  if (detail !== undefined) {
    problem.detail = detail;
  }
  if (exception instanceof InvalidBodyException) {
    problem.errors = exception.errors;
  }
  return { problem, headers: headersOf(status, exception) };
}

function statusOf(exception: unknown): number {
  if (exception instanceof HttpException) {
    return exception.getStatus();
  }
  // Fastify's own refusals (a body too large, a type it does not know) carry their status.
  const status = (exception as { statusCode?: unknown } | null)?.statusCode;
  return typeof status === 'number' && status >= 400 && status < 500
    ? status
    : HttpStatus.INTERNAL_SERVER_ERROR;
}

function headersOf(status: number, exception: unknown): Record<string, string> {
  switch (status) {
    case HttpStatus.UNAUTHORIZED:
      return { 'www-authenticate': challenge(exception) };
    case HttpStatus.METHOD_NOT_ALLOWED:
      return exception instanceof MethodNotAllowedException ? { allow: exception.allowed.join(', ') } : {};
    case HttpStatus.TOO_MANY_REQUESTS:
    case HttpStatus.SERVICE_UNAVAILABLE:
      return { 'retry-after': retryAfter(exception) };
    default:
      return {};
  }
}

function retryAfter(exception: unknown): string {
  return `${exception instanceof TooManyAttemptsException ? exception.retryAfter : RETRY_AFTER}`;
}

/** RFC 6750 §3.1: who sends no token at all, or credentials in its place, is told of no error in it. */
function challenge(exception: unknown): string {
  const isMissing = exception instanceof InvalidTokenException && exception.reason === 'missing';
  return isMissing || exception instanceof InvalidCredentialsException
    ? 'Bearer'
    : 'Bearer error="invalid_token"';
}
