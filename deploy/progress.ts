import { styleText } from 'node:util';

/** Milliseconds after which a step that goes on says so, and again. */
const STILL = 20_000;

/**
 * Tells step by step what happens, on standard error: standard output is for results. Colours only where a terminal
 * reads them and NO_COLOR is not set, which `styleText` sees to.
 */
export class Progress {
  /** Says that a step begins, and when it has ended how long it took and what came of it. */
  async step<T>(
    title: string,
    work: () => Promise<T>,
    outcome: (result: T) => string = () => '',
  ): Promise<T> {
    const began = performance.now();
    const took = () => paint('dim', `(${((performance.now() - began) / 1000).toFixed(1)} s)`);
    write(`${paint('cyan', '▸')} ${title}`);
    const still = setInterval(() => this.note(`goes on ${took()}`), STILL);
    try {
      const result = await work();
      write(`  ${[paint('green', '✔'), outcome(result), took()].filter(Boolean).join(' ')}`);
      return result;
    } catch (error) {
      write(`  ${paint('red', '✘')} ${took()}`);
      throw error;
    } finally {
      clearInterval(still);
    }
  }

  /** A line within a step. */
  note(text: string): void {
    write(`  ${paint('dim', text)}`);
  }
}

function write(line: string): void {
  process.stderr.write(`${line}\n`);
}

function paint(colour: 'cyan' | 'dim' | 'green' | 'red', text: string): string {
  return styleText(colour, text, { stream: process.stderr });
}
