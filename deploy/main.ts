import { constants } from 'node:os';
import { inspect, styleText } from 'node:util';
import type { Command, Session } from './command.ts';
import { doctor } from './doctor.command.ts';
import { Failure, Interrupted, UsageError } from './failure.ts';
import { helpOf, overview } from './help.ts';
import { image } from './image.command.ts';
import { keys } from './keys.command.ts';
import { options, readOptions } from './options.ts';
import { Progress } from './progress.ts';
import { release } from './release.command.ts';
import { rollback } from './rollback.command.ts';
import { status } from './status.command.ts';
import { Tools } from './tools.ts';
import { up } from './up.command.ts';

const commands: Record<string, Command> = { up, doctor, image, release, rollback, status, ...keys };

/** npm passes on the Ctrl-C that the terminal already sent: a second one comes later than that. */
const SAME_SIGNAL = 1_000;

process.exitCode = await main(process.argv.slice(2));

async function main([first = '--help', ...rest]: string[]): Promise<number> {
  // What is done with the keys is told by a second word.
  const words = first === 'keys' && rest[0]?.startsWith('-') === false ? 2 : 1;
  const [name, args] = [[first, ...rest].slice(0, words).join(' '), rest.slice(words - 1)];
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (name === '--help' || name === '-h') {
    process.stdout.write(overview(commands));
    return 0;
  }
  if (name === 'keys') {
    process.stdout.write(overview(keys));
    return 0;
  }
  if (!command) {
    process.stderr.write(`there is no such command\n\n${overview(commands)}`);
    return 2;
  }
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(helpOf(name, command));
    return 0;
  }
  const session: Session = { tools: new Tools(), progress: new Progress(), result: {} };
  endOnSignals(session.tools);
  const code = await command.run(args, session).then(
    () => 0,
    (error: unknown) => report(error, name, session),
  );
  if ('json' in command.options.shape && wantsJson(args)) {
    const outcome = ['done', 'failed', 'misused'][code] ?? 'interrupted';
    process.stdout.write(`${JSON.stringify({ command: name, outcome, ...session.result, code })}\n`);
  }
  return code;
}

/** Asked apart from the other options, as their faults are told of too. */
function wantsJson(args: string[]): boolean {
  try {
    const own = args.filter((arg) => /^--json(=|$)/.test(arg));
    return readOptions(options.pick({ json: true }), own, process.env).json;
  } catch {
    return true;
  }
}

/** At the first signal what runs is told to end, so that Helm can put its release in order; at a second it is made to. */
function endOnSignals(tools: Tools): void {
  let first: number | undefined;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      first ??= performance.now();
      const isFirst = performance.now() - first < SAME_SIGNAL;
      if (!tools.end(isFirst ? signal : 'SIGKILL')) {
        process.exit(128 + constants.signals[signal]);
      }
    });
  }
}

/** Says what stopped the command, the cause last, where the eye is. Answers the exit code. */
function report(error: unknown, name: string, { result }: Session): number {
  if (!(error instanceof Failure)) {
    result.cause = 'a defect of the deployer itself';
    process.stderr.write(`\n${inspect(error)}\n${name} failed: ${result.cause}\n`);
    return 1;
  }
  result.cause = error.message;
  if (error instanceof Interrupted) {
    process.stderr.write(`${name} was interrupted\n`);
    return 128 + constants.signals[error.signal];
  }
  const cause = styleText('red', `${name} failed: ${error.message}`, { stream: process.stderr });
  process.stderr.write(
    `${['', error.detail, cause, error.hint].filter((part, i) => i === 0 || part).join('\n')}\n`,
  );
  if (error instanceof UsageError) {
    process.stderr.write(`npm run deploy -- ${name} --help tells the options\n`);
    return 2;
  }
  return 1;
}
