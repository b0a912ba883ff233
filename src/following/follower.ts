/**
 * Milliseconds between two looks. A look costs a few small reads, and sees what file events miss: a link swapped
 * below, a network file system.
 */
const LOOK_INTERVAL = 1_000;

/** What is wrong with a source: by the name of its part and never by its content. */
export class SourceFault extends Error {}

/** Files that others change while the service runs. */
export interface Source<T> {
  /** @throws {SourceFault} */
  read(): Promise<T>;
  /** What was found in a form to compare: only a change is taken, or refused, and only once. */
  identify(found: T): string;
  /** @throws {SourceFault} when what was found is at fault after all */
  take(found: T): void;
  refuse(fault: string): void;
}

/** Looks at a source again and again, and tells it of each change. */
export class Follower<T> {
  private seen?: string;
  private isLooking = false;
  private timer?: NodeJS.Timeout;

  constructor(private readonly source: Source<T>) {}

  /** Resolves after the first look. */
  async start(): Promise<void> {
    await this.look();
    this.timer = setInterval(() => void this.look(), LOOK_INTERVAL).unref();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private async look(): Promise<void> {
    // On a slow file system two looks at a time could end in the wrong order.
    if (this.isLooking) {
      return;
    }
    this.isLooking = true;
    try {
      this.weigh(await this.source.read().catch(onlyFault));
    } finally {
      this.isLooking = false;
    }
  }

  private weigh(found: T | SourceFault): void {
    const isFault = found instanceof SourceFault;
    const identity = isFault ? found.message : this.source.identify(found);
    if (identity === this.seen) {
      return;
    }
    this.seen = identity;
    const fault = isFault ? found : this.take(found);
    if (fault) {
      this.source.refuse(fault.message);
    }
  }

  private take(found: T): SourceFault | undefined {
    try {
      this.source.take(found);
      return undefined;
    } catch (error) {
      return onlyFault(error);
    }
  }
}

function onlyFault(error: unknown): SourceFault {
  if (error instanceof SourceFault) {
    return error;
  }
  throw error;
}
