import { Injectable, StandardSchemaValidationPipe } from '@nestjs/common';
import { InvalidBodyException } from './invalid-body.exception.js';

/** Checks a body against the schema of its route. */
@Injectable()
export class BodyPipe extends StandardSchemaValidationPipe {
  constructor() {
    super({ exceptionFactory: InvalidBodyException.fromIssues });
  }

  /** Nest would take `__proto__` and its like away unseen: the schema refuses them, as all that it does not know. */
  protected override stripProtoKeys(): void {}
}
