import { BadRequestException } from '@nestjs/common';
import type { Problem } from './problem.js';

export type FieldError = NonNullable<Problem['errors']>[number];

/** What a schema finds at fault, as Standard Schema and zod tell it. */
interface Issue {
  message: string;
  path?: readonly (PropertyKey | { key: PropertyKey })[] | undefined;
  /** zod's: the fields that the schema does not know. */
  keys?: readonly string[];
}

/** The body is not what the route takes; `errors` has one entry for each wrong field. */
export class InvalidBodyException extends BadRequestException {
  constructor(readonly errors: FieldError[]) {
    super();
  }

  static fromIssues(issues: readonly Issue[]): InvalidBodyException {
    const errors = new Map<string, FieldError>();
    for (const { pointer, detail } of issues.flatMap(toErrors)) {
      if (!errors.has(pointer)) {
        errors.set(pointer, { pointer, detail });
      }
    }
    return new InvalidBodyException([...errors.values()]);
  }
}

function toErrors({ path = [], message, keys }: Issue): FieldError[] {
  const steps = path.map((step) => String(typeof step === 'object' ? step.key : step));
  if (keys === undefined) {
    return [{ pointer: pointerTo(steps), detail: message }];
  }
  return keys.map((key) => ({ pointer: pointerTo([...steps, key]), detail: 'is not a known field' }));
}

/** A JSON pointer as a URI fragment: RFC 6901 §6. A field's name may be any text, half a surrogate pair too. */
function pointerTo(steps: string[]): string {
  const escaped = steps.map((step) => step.replaceAll('~', '~0').replaceAll('/', '~1'));
  return `#${escaped.map((step) => `/${encodeURIComponent(step.toWellFormed())}`).join('')}`;
}
