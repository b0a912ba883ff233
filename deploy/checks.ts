import { styleText } from 'node:util';
import type { Session } from './command.ts';
import { Failure, Interrupted } from './failure.ts';

/** One thing that a command needs. */
export interface Check {
  title: string;
  /** Looks. Answers what it found; a failure's hint is what mends it. */
  look: () => Promise<string>;
  /** The titles of others that it cannot be looked at without. */
  needs?: string[];
}

/**
 * Looks at one thing after the other, and writes a line for each: that it is well, or what is wrong and the command that
 * mends it. What needs something that is wrong is not looked at. Answers the titles of what is wrong.
 */
export async function lookAt({ result }: Session, checks: Check[]): Promise<string[]> {
  const faults: string[] = [];
  const unknown: string[] = [];
  for (const { title, look, needs = [] } of checks) {
    const missing = needs.find((other) => faults.includes(other) || unknown.includes(other));
    if (missing) {
      unknown.push(title);
      write('dim', '–', title, `not looked at without: ${missing}`);
      continue;
    }
    try {
      write('green', '✔', title, await look());
    } catch (error) {
      if (!(error instanceof Failure) || error instanceof Interrupted) {
        throw error;
      }
      faults.push(title);
      write('red', '✘', title, error.message);
      const mend = error.hint.split('\n').filter((line) => line.trim() !== '');
      process.stdout.write(mend.map((line) => `    ${line.trim()}\n`).join(''));
    }
  }
  result.faults = faults;
  return faults;
}

function write(colour: 'green' | 'red' | 'dim', mark: string, title: string, found: string): void {
  const painted = styleText(colour, mark, { stream: process.stdout });
  process.stdout.write(`${painted} ${title}${found && `: ${found}`}\n`);
}
