import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Namespace } from './cluster.js';
import type { Sample } from './load-process.js';

/** Requests a second: both paths, each on kept connections and on fresh ones. */
const RATE = 300;
/** The fault of an answer to a valid token that calls it none. */
const REFUSED = 'status 401';
/** As many faults are told one by one. */
const TOLD = 20;

/** Milliseconds of load before a change, so that tokens of before it are in use, and after it. */
const LEAD = 2_000;

/** Changes something under a steady load, and tells in one line what became of the requests. */
export async function underLoad(
  namespace: Namespace,
  title: string,
  change: () => Promise<void>,
  rate = RATE,
): Promise<Answers> {
  const load = await Load.start(await namespace.address(), rate);
  await sleep(LEAD);
  const failure = await change().catch((error: unknown) => error);
  await sleep(LEAD);
  const answers = await load.stop();
  process.stdout.write(`  ${title}: ${answers}\n`);
  if (failure) {
    throw failure;
  }
  return answers;
}

/** A steady load on the service, from a process of its own, so that whatever a test does cannot slow it down. */
class Load {
  private constructor(
    private readonly process: ChildProcess,
    private readonly ended: Promise<never>,
  ) {}

  /** Begins, once the service has issued a first token. */
  static async start(url: string, rate: number): Promise<Load> {
    // Without this process's own options, which are Jest's.
    const child = fork('test/system/load-process.ts', [url, `${rate}`], { execArgv: [] });
    const ended = once(child, 'exit').then(([code]) => {
      const question = 'can this machine reach that address, and was it longer under load than it may be?';
      throw new Error(`the load on ${url} ended by itself (${code}): ${question}`);
    });
    ended.catch(() => undefined);
    await Promise.race([once(child, 'message'), ended]);
    return new Load(child, ended);
  }

  /** Ends it: no request is sent from now on, and those under way are waited for. */
  async stop(): Promise<Answers> {
    const samples = once(this.process, 'message');
    this.process.send('stop');
    const [taken] = await Promise.race([samples, this.ended]);
    this.process.disconnect();
    return new Answers(taken);
  }
}

/** What became of the requests of a load, or of a part of it. */
export class Answers {
  constructor(private readonly samples: readonly Sample[]) {}

  /** Those of the requests that were due before a moment (in milliseconds of the epoch). */
  before(moment: number): Answers {
    return new Answers(this.samples.filter(({ at }) => at < moment));
  }

  after(moment: number): Answers {
    return new Answers(this.samples.filter(({ at }) => at >= moment));
  }

  /** How many requests were sent to a path. */
  count(path: string): number {
    return this.samples.filter((sample) => sample.path === path).length;
  }

  /** What went wrong, in the order of the requests: the first of it one by one. */
  get faults(): string[] {
    const [first] = this.samples;
    const faults = this.samples
      .filter(({ fault }) => fault !== undefined)
      .sort((one, other) => one.at - other.at)
      .map(
        ({ at, path, fault }) => `${((at - (first as Sample).at) / 1_000).toFixed(2)} s ${path}: ${fault}`,
      );
    return faults.length > TOLD ? [...faults.slice(0, TOLD), `and ${faults.length - TOLD} more`] : faults;
  }

  /** One line for people. */
  toString(): string {
    const failed = this.samples.filter(({ fault }) => fault !== undefined);
    const refused = failed.filter(
      ({ path, fault }) => path === '/contents' && fault?.startsWith(`${REFUSED} `),
    );
    const slowest = this.samples.reduce((most, { took }) => Math.max(most, took), 0);
    return `${this.samples.length} requests, ${failed.length} failed, ${refused.length} of them a valid token refused, slowest ${Math.round(slowest)} ms`;
  }
}
