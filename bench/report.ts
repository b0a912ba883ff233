import { chart } from './chart.ts';
import { type Goal, goals } from './goals.ts';
import { loads } from './loads.ts';
import type { Machine } from './machine.ts';
import type { Options } from './options.ts';
import type { Measure, Results } from './results.ts';
import type { Server } from './servers.ts';
import { cell, table } from './table.ts';

/** Digits behind the point. */
const WHOLE = 0;
const TENTHS = 1;

/** The table of ratios, which is what the benchmark is for. */
export function ratioTable(results: Results): string {
  const rows = goals.map((goal) => [
    goal.title,
    wantedOf(goal),
    cell(goal.measured(results)),
    cell(goal.byCore?.(results)),
  ]);
  return table(['the service', 'goal', 'ratio', "by the core's time"], rows);
}

/** The whole of `RESULTS.md`. */
export function report(
  results: Results,
  servers: Server[],
  options: Options,
  machine: Machine,
  image: string,
): string {
  const { rounds, seconds, connections } = options;
  return `# Results

Written by \`npm run bench -- --write\`: ${rounds} rounds, ${seconds} s for each load, ${connections} connections; the median, and
in brackets the least and the most of the rounds.

${facts(machine)}

## Ratios

Each ratio is of the same round, so a busy moment of the machine is in both of its sides. By the core's time means: how
much of the server's core an answer took, whoever else was on it.

${ratioTable(results)}

## Requests a second

![Requests a second, by load and server](results.svg)

Each server has one core, the load another. ${busy(results, servers)}

${perLoad(results, servers, 'rate', WHOLE)}

Microseconds of the core for each answer:

${perLoad(results, servers, 'cpu', TENTHS)}

## Latency

At half of the highest rate, open loop: a request is due by the clock, and its milliseconds count from then.

${latency(results, servers)}

## Start and memory

${startAndMemory(results, servers)}

## Image

${image}
`;
}

function facts(machine: Machine): string {
  return Object.entries(machine)
    .map(([name, value]) => `- ${name}: ${value}`)
    .join('\n');
}

function wantedOf({ wanted, isMost }: Goal): string {
  return `${isMost ? '≤' : '≥'} ${wanted}`;
}

function busy(results: Results, servers: Server[]): string {
  const shares = servers.flatMap(({ name, title }) => {
    const share = results.of(name, 'mix busy')?.median;
    return share === undefined ? [] : [`${title} ${Math.round(share)} %`];
  });
  return `So much of their core the servers had under the mixed load: ${shares.join(', ')}.`;
}

function perLoad(results: Results, servers: Server[], measure: 'rate' | 'cpu', digits: number): string {
  const rows = Object.entries(loads).map(([load, { title }]) => [
    title,
    ...servers.map(({ name }) => cell(results.of(name, `${load} ${measure}` as Measure), digits)),
  ]);
  return table(['', ...servers.map(({ title }) => title)], rows);
}

function latency(results: Results, servers: Server[]): string {
  const rows = (['auth', 'contents'] as const).flatMap((load) =>
    servers.map(({ name, title }) => [
      `\`/${load}\`, ${title}`,
      ...(['p50', 'p99', 'p99.9'] as const).map((part) => cell(results.of(name, `${load} ${part}`))),
    ]),
  );
  return table(['', 'p50', 'p99', 'p99.9'], rows);
}

function startAndMemory(results: Results, servers: Server[]): string {
  const rows = servers.map(({ name, title }) => [
    title,
    cell(results.of(name, 'start'), WHOLE, ' ms'),
    cell(results.of(name, 'idle memory'), WHOLE, ' MB'),
    cell(results.of(name, 'peak memory'), WHOLE, ' MB'),
  ]);
  return table(['', 'start until ready', 'resident, idle', 'resident, at most under load'], rows);
}

/** How many requests a second each server answers, as a picture. */
export function rateChart(results: Results, servers: Server[]): string {
  const groups = Object.entries(loads).map(([load, { title }]) => ({
    title: title.replaceAll('`', ''),
    values: servers.map(({ name }) => results.of(name, `${load} rate` as Measure)?.median),
  }));
  return chart(
    'Requests a second, each server on one core',
    servers.map(({ title }) => title),
    groups,
  );
}
