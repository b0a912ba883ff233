import { styleText } from 'node:util';
import type { Session } from './command.ts';
import { Failure } from './failure.ts';

/** One thing that a command needs. */
export interface Check {
  title: string;
  /** Looks. Answers what it found; a failure's hint is what mends it. */
  look: () => Promise<string>;
  /** Whether what comes after it can be looked at without it. */
  isBasis?: boolean;
}

/**
 * Looks at one thing after the other, and writes a line for each: that it is well, or what is wrong and the command that
 * mends it. After a fault in what others stand on, those are not looked at. Answers the titles of what is wrong.
 */
export async function lookAt({ result }: Session, checks: Check[]): Promise<string[]> {
  const faults: string[] = [];
  let missing: string | undefined;
  for (const { title, look, isBasis } of checks) {
    if (missing) {
      write('dim', '–', title, `not looked at without: ${missing}`);
      continue;
    }
    try {
      write('green', '✔', title, await look());
    } catch (error) {
      if (!(error instanceof Failure)) {
        throw error;
      }
      faults.push(title);
      missing = isBasis ? title : undefined;
      write('red', '✘', title, error.message);
      const mend = error.hint.split('\n').filter((line) => line.trim() !== '');
      process.stdout.write(mend.map((line) => `    ${line.trim()}\n`).join(''));
    }
  }
  result.faults = [...((result.faults as string[]) ?? []), ...faults];
  return faults;
}

function write(colour: 'green' | 'red' | 'dim', mark: string, title: string, found: string): void {
  const [painted = '', text = ''] = [mark, found ? `: ${found}` : ''];
  process.stdout.write(`${styleText(colour, painted, { stream: process.stdout })} ${title}${text}\n`);
}
