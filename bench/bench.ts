import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Contestant } from './contestant.ts';
import type { LoadName } from './loads.ts';
import type { Options } from './options.ts';
import { Results } from './results.ts';
import { RunningServer } from './running-server.ts';
import type { Server } from './servers.ts';
import { percentile } from './statistics.ts';

/** Milliseconds after its start when a server counts as idle. */
const REST = 1_000;
/**
 * What goes before the first measurement, for the code to be compiled, and before each of them: as many requests, or as
 * many seconds if they take longer.
 */
const WARM_UP = { requests: 20_000, seconds: 8 };
const SHORT_WARM_UP = { requests: 2_000, seconds: 1 };
/** A load is put on the servers in turn, and again: so a busy moment of the machine hits them alike. */
const SLICES = 4;
/** The loads whose latency is told. */
const PACED: LoadName[] = ['auth', 'contents'];

/** Where a run takes place. */
export interface Place {
  /** The core of the servers. */
  core: number;
  /** A folder for what they log. */
  folder: string;
}

/** Measures servers. All of them run, and one at a time has something to do. */
export class Bench {
  readonly results = new Results();
  private readonly options: Options;
  private readonly place: Place;

  constructor(options: Options, place: Place) {
    this.options = options;
    this.place = place;
  }

  /** Starts all servers, each in turn, puts one load after the other on them, and stops them. */
  async round(servers: Server[]): Promise<void> {
    const running: RunningServer[] = [];
    for (const server of servers) {
      running.push(await this.start(server));
    }
    for (const one of running) {
      const contestant = new Contestant(one, 'mix', this.options.connections);
      await contestant.warmUp(WARM_UP);
      contestant.close();
    }
    for (const load of this.options.loads) {
      await this.compare(
        running.filter(({ server }) => !server.skips?.includes(load)),
        load,
      );
    }
    for (const one of running) {
      this.results.add(one.server.name, 'peak memory', one.peakMegabytes);
      await one.stop();
    }
  }

  private async start(server: Server): Promise<RunningServer> {
    const running = await RunningServer.start(server, this.place.core, join(this.place.folder, server.name));
    await sleep(REST);
    this.results.add(server.name, 'start', running.readyAfter);
    this.results.add(server.name, 'idle memory', running.residentMegabytes);
    say(`  ${server.title}: ready after ${Math.round(running.readyAfter)} ms`);
    return running;
  }

  private async compare(running: RunningServer[], load: LoadName): Promise<void> {
    const contestants = running.map((one) => new Contestant(one, load, this.options.connections));
    for (const contestant of contestants) {
      await contestant.warmUp(SHORT_WARM_UP);
    }
    for (let slice = 0; slice < SLICES; slice += 1) {
      for (const contestant of contestants) {
        await contestant.saturate(this.options.seconds / SLICES);
      }
    }
    for (const contestant of contestants) {
      this.record(contestant, load);
      if (PACED.includes(load) && !this.options.check) {
        await this.pace(contestant, load);
      }
      contestant.close();
    }
  }

  private record({ count, running }: Contestant, load: LoadName): void {
    const { name, title } = running.server;
    this.results.add(name, `${load} rate`, count.rate);
    this.results.add(name, `${load} cpu`, count.cpu);
    this.results.add(name, `${load} busy`, count.busy);
    say(`  ${load}, ${title}: ${Math.round(count.rate)}/s, ${Math.round(count.cpu)} µs`);
  }

  private async pace(contestant: Contestant, load: LoadName): Promise<void> {
    const { name } = contestant.running.server;
    const rate = (this.results.of(name, `${load} rate`)?.median ?? 0) / 2;
    const took = await contestant.pace(rate, this.options.seconds);
    this.results.add(name, `${load} p50`, percentile(took, 0.5));
    this.results.add(name, `${load} p99`, percentile(took, 0.99));
    this.results.add(name, `${load} p99.9`, percentile(took, 0.999));
  }
}

/** Progress, on standard error: standard output is for results. */
export function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
