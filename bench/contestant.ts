import { Client } from './client.ts';
import { Failure } from './failure.ts';
import { type LoadName, loads } from './loads.ts';
import type { RunningServer } from './running-server.ts';

/** A running server under one load. */
export class Contestant {
  readonly running: RunningServer;
  private readonly load: LoadName;
  private readonly client: Client;
  private answers = 0;
  private cpu = 0;
  private elapsed = 0;

  constructor(running: RunningServer, load: LoadName, connections: number) {
    const { api, port } = running.server;
    this.running = running;
    this.load = load;
    this.client = new Client(port, loads[load].exchanges(api), connections);
  }

  /** Looks closely at a few answers, and asks on until there were enough or it took too long. */
  async warmUp({ requests, seconds }: { requests: number; seconds: number }): Promise<void> {
    await this.named(async () => {
      await this.client.verify();
      await this.client.saturate(seconds, requests);
    });
  }

  /** Asks for as much as it can answer for some seconds, and counts. */
  async saturate(seconds: number): Promise<void> {
    const [began, before] = [performance.now(), this.running.cpuSeconds];
    this.answers += await this.named(() => this.client.saturate(seconds));
    this.elapsed += (performance.now() - began) / 1_000;
    this.cpu += this.running.cpuSeconds - before;
  }

  /** Answers a second, microseconds of the core for each, and how busy that was in %. */
  get count() {
    const { answers, cpu, elapsed } = this;
    return { rate: answers / elapsed, cpu: (cpu / answers) * 1e6, busy: (cpu / elapsed) * 100 };
  }

  /** Asks at a rate, and tells how many milliseconds each answer took. */
  async pace(rate: number, seconds: number): Promise<number[]> {
    return await this.named(() => this.client.pace(rate, seconds));
  }

  close(): void {
    this.client.close();
    this.running.emptyLog();
  }

  /** A failure is told with the names of the server and the load. */
  private async named<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      const { title } = this.running.server;
      throw error instanceof Failure ? new Failure(`${title}, ${this.load}: ${error.message}`) : error;
    }
  }
}
