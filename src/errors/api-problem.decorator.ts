import { applyDecorators, HttpException } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import { toProblem } from './problem.js';

const SCHEMA = { $ref: '#/components/schemas/Problem' };

/** Describes error answers of a route in the OpenAPI document, each with an example. */
export function ApiProblem(...problems: (number | HttpException)[]): ClassDecorator & MethodDecorator {
  return applyDecorators(
    ...problems.map((given) => {
      const exception = typeof given === 'number' ? new HttpException('', given) : given;
      const { problem: example } = toProblem(exception);
      const content = { 'application/problem+json': { schema: SCHEMA, example } };
      return ApiResponse({ status: example.status, description: example.title, content });
    }),
  );
}
