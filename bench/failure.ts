/** What stops the benchmark, in words for who runs it. */
export class Failure extends Error {}

/** A wrong call of the command, told apart by its exit code. */
export class UsageError extends Failure {}
