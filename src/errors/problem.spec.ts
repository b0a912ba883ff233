import { BadRequestException, HttpException, ServiceUnavailableException } from '@nestjs/common';
import { InvalidTokenException } from '../auth/invalid-token.exception.js';
import { InvalidBodyException } from './invalid-body.exception.js';
import { MethodNotAllowedException } from './method-not-allowed.exception.js';
import { problemSchema, toProblem } from './problem.js';

const about = (status: number, title: string, detail?: string) => ({
  type: 'about:blank',
  title,
  status,
  ...(detail && { detail }),
});
const internal = { problem: about(500, 'Internal Server Error'), headers: {} };

describe('toProblem', () => {
  it.each<[string, unknown, object, object]>([
    [
      'a missing token',
      new InvalidTokenException('missing'),
      about(401, 'Unauthorized', 'invalid_token'),
      { 'www-authenticate': 'Bearer' },
    ],
    [
      'a wrong token',
      new InvalidTokenException('expired'),
      about(401, 'Unauthorized', 'invalid_token'),
      { 'www-authenticate': 'Bearer error="invalid_token"' },
    ],
    [
      'a wrong method',
      new MethodNotAllowedException(['GET', 'HEAD']),
      about(405, 'Method Not Allowed'),
      { allow: 'GET, HEAD' },
    ],
    [
      'too many requests',
      new HttpException('slow down', 429),
      about(429, 'Too Many Requests'),
      { 'retry-after': '1' },
    ],
    [
      'a service that stops',
      new ServiceUnavailableException('going'),
      about(503, 'Service Unavailable'),
      { 'retry-after': '1' },
    ],
    ['a status that has no name', new HttpException('odd', 499), about(499, 'Error'), {}],
    [
      "Fastify's refusal",
      { statusCode: 413, message: 'x' },
      about(413, 'Payload Too Large', 'The body is larger than 16384 bytes.'),
      {},
    ],
  ])('should answer %s', (_what, exception, problem, headers) => {
    expect(toProblem(exception)).toEqual({ problem, headers });
    expect(problemSchema.strict().parse(problem)).toEqual(problem);
  });

  it('should list the wrong fields', () => {
    const errors = [{ pointer: '#/email', detail: 'is wrong' }];
    expect(toProblem(new InvalidBodyException(errors)).problem).toEqual({
      ...about(400, 'Bad Request', 'The body is not what this route takes.'),
      errors,
    });
  });

  it('should keep the words of an exception to itself', () => {
    expect(
      JSON.stringify(toProblem(new BadRequestException('a secret', { cause: 'a secret' }))),
    ).not.toContain('secret');
  });

  it.each([
    ['an error', new Error('a secret')],
    ['text', 'a secret'],
    ['nothing', undefined],
    ['null', null],
    ['a good status', { statusCode: 200 }],
    ['a status of a server', { statusCode: 503 }],
    ['a status that is text', { statusCode: '404' }],
    ['a status above all', { statusCode: 600 }],
  ])('should answer with a 500 that says nothing: %s', (_what, exception) => {
    expect(toProblem(exception)).toEqual(internal);
  });
});
