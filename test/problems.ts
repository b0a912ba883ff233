import { Response } from 'supertest';

const problem = (status: number, title: string, rest: object = {}) => ({
  type: 'about:blank',
  title,
  status,
  ...rest,
});

/** The whole bodies of error answers. */
export const UNAUTHORIZED = problem(401, 'Unauthorized', { detail: 'invalid_token' });
export const WRONG_CREDENTIALS = problem(401, 'Unauthorized', { detail: 'invalid_credentials' });
export const TOO_MANY = problem(429, 'Too Many Requests');
export const NOT_FOUND = problem(404, 'Not Found');
export const METHOD_NOT_ALLOWED = problem(405, 'Method Not Allowed');
export const TOO_LARGE = problem(413, 'Payload Too Large', {
  detail: 'The body is larger than 16384 bytes.',
});
export const UNSUPPORTED = problem(415, 'Unsupported Media Type', {
  detail: 'The body has to be application/json.',
});
export const INTERNAL = problem(500, 'Internal Server Error');
export const UNAVAILABLE = problem(503, 'Service Unavailable');

/** The body of a 400, with a `[pointer, detail]` for each wrong field. */
export const badRequest = (...errors: [pointer: string, detail: string][]) =>
  problem(400, 'Bad Request', {
    detail: 'The body is not what this route takes.',
    errors: errors.map(([pointer, detail]) => ({ pointer, detail })),
  });

/** Expects the answer to be this problem, as RFC 9457 has it. */
export function expectProblem(answer: Response, body: { status: number }): void {
  expect([answer.status, answer.headers['content-type'], JSON.parse(answer.text)]).toEqual([
    body.status,
    'application/problem+json; charset=utf-8',
    body,
  ]);
}
