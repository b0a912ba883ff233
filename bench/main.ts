import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Bench, say } from './bench.ts';
import { check, describeVerdicts } from './check.ts';
import { divideCores } from './cores.ts';
import { Failure, UsageError } from './failure.ts';
import { goals } from './goals.ts';
import { weigh } from './image.ts';
import { describeMachine } from './machine.ts';
import { help, type Options, readOptions } from './options.ts';
import { rateChart, ratioTable, report } from './report.ts';
import type { Results } from './results.ts';
import { killAll } from './running-server.ts';
import { type Server, serversOf } from './servers.ts';

process.exitCode = await main(process.argv.slice(2));

async function main(args: string[]): Promise<number> {
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(help());
    return 0;
  }
  try {
    return await run(args);
  } catch (error) {
    if (!(error instanceof Failure)) {
      throw error;
    }
    say(`bench failed: ${error.message}`);
    return error instanceof UsageError ? 2 : 1;
  }
}

async function run(args: string[]): Promise<number> {
  const options = readOptions(args, process.env);
  const cores = divideCores();
  const folder = mkdtempSync(join(tmpdir(), 'jwt-api-bench-'));
  endWhole(folder);
  const servers = await serversOf(options.servers, options);
  const bench = new Bench(options, { core: cores.server, folder });
  for (let round = 0; round < options.rounds; round += 1) {
    say(`round ${round + 1} of ${options.rounds}`);
    await bench.round(turned(servers, round));
  }
  return options.check ? guard(bench.results) : tell(bench.results, servers, options);
}

/** Tells whether the goals that were reached still are. */
function guard(results: Results): number {
  const verdicts = check(goals, results);
  process.stdout.write(`${describeVerdicts(verdicts)}\n`);
  return verdicts.some(({ isLost }) => isLost) ? 1 : 0;
}

function tell(results: Results, servers: Server[], options: Options): number {
  process.stdout.write(`${ratioTable(results)}\n`);
  if (options.write) {
    const text = report(results, servers, options, describeMachine(options), weigh(options.image));
    writeFileSync(new URL('RESULTS.md', import.meta.url), text);
    writeFileSync(new URL('results.svg', import.meta.url), rateChart(results, servers));
  }
  return 0;
}

/** However this process ends, nothing of it stays: no server, no file. */
function endWhole(folder: string): void {
  process.once('exit', () => {
    killAll();
    rmSync(folder, { recursive: true });
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => process.exit(128 + constants.signals[signal]));
  }
}

/** Each round begins with another server: none has the best place always. */
function turned(servers: Server[], round: number): Server[] {
  const first = round % servers.length;
  return [...servers.slice(first), ...servers.slice(0, first)];
}
