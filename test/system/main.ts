/**
 * What `npm run test:system` runs: all specs, or those that its arguments name as Jest's would. Most of them wait most of
 * the time, so that they run in two lanes. Those that count the answers to a steady load come after them: first two that
 * leave the processor to each other, then the rest one by one.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync, readFileSync } from 'node:fs';
import { freePort } from '../free-port.ts';

/** They share one namespace, and the one address at which the cluster asks about tokens. */
const PIPELINES = /(docs-aws|pipelines?-\w+)\.spec\.ts$/;
/** Of a load no request may fail, nor be late because others need the processor. */
const LOAD = "from './load.js'";
/** Their loads are small; they build little, and leave the nodes alone. */
const LIGHT = /(deploy-bad-days|keys-rotate)\.spec\.ts$/;

const JEST = [
  ...['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', 'node_modules/jest/bin/jest.js'],
  ...['--config', 'jest.system.config.js', '--runInBand'],
];

/** Runs specs one after the other, with more in their environment. Answers the exit code. */
async function jest(args: string[], more: NodeJS.ProcessEnv = {}): Promise<number> {
  const env = { ...process.env, ...more };
  const [code] = await once(spawn(process.execPath, [...JEST, ...args], { stdio: 'inherit', env }), 'exit');
  return code ?? 1;
}

/** An AWS API for the pipelines alone: where the cluster looks for one, the other lane has its own. */
async function ownAws(): Promise<NodeJS.ProcessEnv> {
  return process.env.TEST_AWS_ENDPOINT ? { TEST_AWS_ENDPOINT: `http://127.0.0.1:${await freePort()}` } : {};
}

async function runAll(): Promise<number> {
  const specs = globSync('test/system/*.spec.ts');
  const loaded = specs.filter((spec) => readFileSync(spec, 'utf8').includes(LOAD));
  const rest = specs.filter((spec) => !loaded.includes(spec));
  const run = (lane: string[], more?: NodeJS.ProcessEnv) => jest(['--runTestsByPath', ...lane], more);
  const pipelines = rest.filter((spec) => PIPELINES.test(spec));
  const others = rest.filter((spec) => !pipelines.includes(spec));
  const codes = await Promise.all([run(pipelines, await ownAws()), run(others)]);
  codes.push(...(await Promise.all(loaded.filter((spec) => LIGHT.test(spec)).map((spec) => run([spec])))));
  codes.push(await run(loaded.filter((spec) => !LIGHT.test(spec))));
  return Math.max(...codes);
}

const args = process.argv.slice(2);
process.exitCode = await (args.length > 0 ? jest(args) : runAll());
