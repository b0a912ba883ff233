/**
 * Runs a tool that must not go on by itself: node leash.ts TOOL [ARGUMENT…]. When whoever started it is gone, however
 * suddenly, its standard input ends, and the tool is told to end: Helm then puts its release in order.
 */
import { spawn } from 'node:child_process';

const [tool = '', ...args] = process.argv.slice(2);
const child = spawn(tool, args, { stdio: ['ignore', 'pipe', 'pipe'] });

// Not the streams themselves: with nobody left to read them, the tool's next word would be its last.
for (const [from, to] of [
  [child.stdout, process.stdout],
  [child.stderr, process.stderr],
] as const) {
  to.on('error', () => undefined);
  from.on('data', (text) => to.write(text));
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => child.kill(signal));
}
process.stdin.resume().once('end', () => child.kill('SIGTERM'));

child.once('error', ({ message }) => {
  process.stderr.write(`${message}\n`);
  process.exit(127);
});
child.once('close', (code) => process.exit(code ?? 1));
