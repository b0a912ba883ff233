/** What stopped a command: one line for the cause, what to do about it, and what the tools said. */
export class Failure extends Error {
  readonly hint: string;
  readonly detail: string;

  constructor(cause: string, { hint = '', detail = '' } = {}) {
    super(cause);
    this.hint = hint;
    this.detail = detail;
  }
}

/** A wrong call of the deployer itself, told apart by its exit code. */
export class UsageError extends Failure {}

/** The run was ended from outside: it has no cause to explain. */
export class Interrupted extends Failure {
  readonly signal: NodeJS.Signals;

  constructor(signal: NodeJS.Signals) {
    super(`ended by ${signal}`);
    this.signal = signal;
  }
}
