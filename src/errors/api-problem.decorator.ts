import { applyDecorators, HttpException } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import { toProblem } from './problem.js';

const SCHEMA = { $ref: '#/components/schemas/Problem' };

/** Describes error answers of a route in the OpenAPI document, each with an example. */
export function ApiProblem(...statuses: number[]): ClassDecorator & MethodDecorator {
  return applyDecorators(
    ...statuses.map((status) => {
      const { problem: example } = toProblem(new HttpException('', status));
      const content = { 'application/problem+json': { schema: SCHEMA, example } };
      return ApiResponse({ status, description: example.title, content });
    }),
  );
}
