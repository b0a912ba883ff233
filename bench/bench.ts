import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from './client.ts';
import { Failure } from './failure.ts';
import { type LoadName, loads } from './loads.ts';
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

  /** Starts all servers, each in turn, and puts each load on one after the other: so a busy moment of the machine hits them alike. */
  async round(servers: Server[]): Promise<void> {
    const running: RunningServer[] = [];
    for (const server of servers) {
      running.push(await this.start(server));
    }
    for (const one of running) {
      await this.withClient(one, 'mix', (client) => client.saturate(WARM_UP.seconds, WARM_UP.requests));
    }
    for (const load of this.options.loads) {
      for (const one of running.filter(({ server }) => !server.skips?.includes(load))) {
        await this.measure(one, load);
      }
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

  private async measure(running: RunningServer, load: LoadName): Promise<void> {
    await this.withClient(running, load, async (client) => {
      await client.saturate(SHORT_WARM_UP.seconds, SHORT_WARM_UP.requests);
      await this.saturate(client, running, load);
      if (PACED.includes(load) && !this.options.check) {
        await this.pace(client, running, load);
      }
    });
  }

  /** Hands on a client for a load, once a few answers have been looked at closely. */
  private async withClient(
    running: RunningServer,
    load: LoadName,
    work: (client: Client) => Promise<unknown>,
  ): Promise<void> {
    const { api, port, title } = running.server;
    const client = new Client(port, loads[load].exchanges(api), this.options.connections);
    try {
      await client.verify();
      await work(client);
    } catch (error) {
      throw error instanceof Failure ? new Failure(`${title}, ${load}: ${error.message}`) : error;
    } finally {
      client.close();
      running.emptyLog();
    }
  }

  private async saturate(client: Client, running: RunningServer, load: LoadName): Promise<void> {
    const { name, title } = running.server;
    const [began, before] = [performance.now(), running.cpuSeconds];
    const answers = await client.saturate(this.options.seconds);
    const [seconds, cpu] = [(performance.now() - began) / 1_000, running.cpuSeconds - before];
    this.results.add(name, `${load} rate`, answers / seconds);
    this.results.add(name, `${load} cpu`, (cpu / answers) * 1e6);
    this.results.add(name, `${load} busy`, (cpu / seconds) * 100);
    say(`  ${load}, ${title}: ${Math.round(answers / seconds)}/s, ${Math.round((cpu / answers) * 1e6)} µs`);
  }

  private async pace(client: Client, { server: { name } }: RunningServer, load: LoadName): Promise<void> {
    const rate = (this.results.of(name, `${load} rate`)?.median ?? 0) / 2;
    const took = await client.pace(rate, this.options.seconds);
    this.results.add(name, `${load} p50`, percentile(took, 0.5));
    this.results.add(name, `${load} p99`, percentile(took, 0.99));
    this.results.add(name, `${load} p99.9`, percentile(took, 0.999));
  }
}

/** Progress, on standard error: standard output is for results. */
export function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
