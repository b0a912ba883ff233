/**
 * What `npm run test:system` runs: all specs, or those that its arguments name as Jest's would. Most of them wait most of
 * the time, so that they run in two lanes. Those that count the answers to a steady load come after them: first two that
 * leave the processor to each other, then the rest one by one.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync, readFileSync } from 'node:fs';

/** There is one address at which the cluster looks for AWS, and one at which it asks about tokens. */
const AWS = /(docs-aws|external-secrets|keys-sources|pipelines-\w+)\.spec\.ts$/;
/** Of a load no request may fail, nor be late because others need the processor. */
const LOAD = "from './load.js'";
/** Their loads are small; they build little, and leave the nodes alone. */
const LIGHT = /(deploy-bad-days|keys-rotate)\.spec\.ts$/;

const JEST = [
  ...['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', 'node_modules/jest/bin/jest.js'],
  ...['--config', 'jest.system.config.js', '--runInBand'],
];

/** Runs specs one after the other. Answers the exit code. */
async function jest(args: string[]): Promise<number> {
  const [code] = await once(spawn(process.execPath, [...JEST, ...args], { stdio: 'inherit' }), 'exit');
  return code ?? 1;
}

async function runAll(): Promise<number> {
  const specs = globSync('test/system/*.spec.ts');
  const loaded = specs.filter((spec) => readFileSync(spec, 'utf8').includes(LOAD));
  const rest = specs.filter((spec) => !loaded.includes(spec));
  const stages = [
    [rest.filter((spec) => AWS.test(spec)), rest.filter((spec) => !AWS.test(spec))],
    loaded.filter((spec) => LIGHT.test(spec)).map((spec) => [spec]),
    [loaded.filter((spec) => !LIGHT.test(spec))],
  ];
  const codes: number[] = [];
  for (const lanes of stages) {
    codes.push(...(await Promise.all(lanes.map((lane) => jest(['--runTestsByPath', ...lane])))));
  }
  return Math.max(...codes);
}

const args = process.argv.slice(2);
process.exitCode = await (args.length > 0 ? jest(args) : runAll());
