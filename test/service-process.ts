import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { until } from './until.js';

export const MAIN = resolve('dist/main.cjs');
export const SECRET = 'a secret of the tests, 32 bytes at least';

const folders: string[] = [];
const processes: RunningProcess[] = [];

/** A process with all that it prints. */
export class RunningProcess {
  stdout = '';
  stderr = '';
  /** Its exit code, or the signal that ended it. */
  ending: number | NodeJS.Signals | undefined;
  readonly ended: Promise<number | NodeJS.Signals>;
  private readonly child: ChildProcess;

  constructor(
    command: string,
    args: string[],
    private readonly options: SpawnOptions,
  ) {
    this.child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    this.child.stdout?.setEncoding('utf8').on('data', (text) => (this.stdout += text));
    this.child.stderr?.setEncoding('utf8').on('data', (text) => (this.stderr += text));
    this.ended = once(this.child, 'close').then(([code, signal]) => (this.ending = code ?? signal));
    processes.push(this);
  }

  get pid(): number {
    return this.child.pid as number;
  }

  /** What it printed, once that has the pattern. */
  async printed(pattern: RegExp): Promise<RegExpExecArray> {
    return until(`${pattern}`, () => {
      const found = pattern.exec(this.stdout);
      if (!found && this.ending !== undefined) {
        throw new Error(`ended (${this.ending}) without ${pattern}: ${this.stdout}${this.stderr}`);
      }
      return found;
    });
  }

  /** The port that the service listens on, once it does. */
  async port(): Promise<number> {
    return Number((await this.printed(/Server listening at http:\/\/[^ "]+:(\d+)/))[1]);
  }

  async url(): Promise<string> {
    return `http://127.0.0.1:${await this.port()}`;
  }

  /** Closes what its output goes to. */
  readNoMore(): void {
    this.child.stdout?.destroy();
  }

  /** Leaves what it prints where it is. */
  holdReading(): void {
    this.child.stdout?.pause();
  }

  goOnReading(): void {
    this.child.stdout?.resume();
  }

  /** Sends a signal; to the whole group, as a terminal does for Ctrl-C, where the process leads one. */
  signal(signal: NodeJS.Signals): void {
    if (this.options.detached && this.ending === undefined) {
      process.kill(-this.pid, signal);
    } else {
      this.child.kill(signal);
    }
  }
}

/** Starts the built service in an empty folder, with nothing of this process's environment. */
export function startService(
  environment: Record<string, string> = {},
  folder = temporaryFolder(),
): RunningProcess {
  return new RunningProcess(process.execPath, [MAIN], {
    cwd: folder,
    env: { HOST: '127.0.0.1', PORT: '0', METRICS_PORT: '0', ...environment },
  });
}

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'jwt-api-'));
  folders.push(folder);
  return folder;
}

/** Ends what the tests have started, and removes their folders. */
export async function cleanUp(): Promise<void> {
  for (const started of processes.splice(0)) {
    started.signal('SIGKILL');
    await started.ended;
  }
  for (const folder of folders.splice(0)) {
    rmSync(folder, { recursive: true });
  }
}
