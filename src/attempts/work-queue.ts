import { UnavailableException } from './unavailable.exception.js';

/**
 * Work of which only so much is done at a time, and only so much may wait: what comes then is sent away, so that a
 * flood takes neither memory nor the time of those who came before it.
 */
export class WorkQueue {
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(
    private readonly concurrency: number,
    private readonly places: number,
  ) {}

  /** @throws {UnavailableException} when every place is taken */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.running < this.concurrency) {
      this.running += 1;
    } else if (this.waiting.length < this.places) {
      // Whoever ends hands the turn over: `running` stays as it is.
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    } else {
      throw new UnavailableException('busy');
    }
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next) {
        next();
      } else {
        this.running -= 1;
      }
    }
  }
}
