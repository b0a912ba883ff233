import { Failure } from './failure.ts';

/** How many lines of a tool's output a failure repeats. */
const LAST_LINES = 15;

/** The tool is not on the PATH. */
export class ToolMissing extends Failure {
  constructor(tool: string) {
    super(`${tool} is not installed, or not on the PATH`);
  }
}

/** The tool ran and failed. */
export class ToolFailure extends Failure {
  /** All that it printed. */
  readonly output: string;

  constructor(tool: string, end: number | string, output: string) {
    const lines = output.trim().split('\n').slice(-LAST_LINES);
    // What stopped it is what a tool says last.
    const cause = lines.at(-1) || `ended with ${end}`;
    super(`${tool}: ${cause}`, { detail: lines.slice(0, -1).join('\n') });
    this.output = output;
  }
}
