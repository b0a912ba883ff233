/** When each request of an open loop is due: evenly spaced, whatever becomes of them. Times are milliseconds. */
export class Schedule {
  readonly total: number;
  private readonly start: number;
  private readonly interval: number;
  private taken = 0;

  /** At a rate a second, for some seconds. */
  constructor(start: number, rate: number, seconds: number) {
    this.start = start;
    this.interval = 1_000 / rate;
    this.total = Math.max(1, Math.floor(rate * seconds));
  }

  /** Whether there is a request that should have left by now. */
  isDue(now: number): boolean {
    return this.taken < this.total && this.due <= now;
  }

  /** Takes the next request off, and tells when it is due. */
  take(): number {
    const { due } = this;
    this.taken += 1;
    return due;
  }

  private get due(): number {
    return this.start + this.taken * this.interval;
  }
}
