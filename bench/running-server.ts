import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, truncateSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { message } from './api.ts';
import { Connection } from './connection.ts';
import { Failure } from './failure.ts';
import { cpuSecondsOf, residentMegabytesOf } from './proc.ts';
import type { Server } from './servers.ts';

const PATIENCE = 30_000;
/** Milliseconds between two looks whether it is ready. */
const LOOK = 1;

const running = new Set<RunningServer>();

/** A server's processes, all on one core. */
export class RunningServer {
  readonly server: Server;
  /** Milliseconds from its start until it was ready. */
  readyAfter = 0;
  private readonly child: ChildProcess;
  private readonly log: string;

  private constructor(server: Server, core: number, log: string) {
    this.server = server;
    this.log = log;
    const file = openSync(log, 'w');
    const [program = '', ...args] = server.command;
    this.child = spawn('taskset', ['--cpu-list', `${core}`, program, ...args], {
      cwd: server.folder,
      // Nothing of this process's environment, which may have options for Node.js.
      env: { PATH: process.env.PATH, ...server.environment },
      stdio: ['ignore', file, file],
      // In a group of its own, so that all its processes can be ended.
      detached: true,
    });
    closeSync(file);
    running.add(this);
  }

  /** Starts a server whose log is a file, and waits until it is ready. */
  static async start(server: Server, core: number, log: string): Promise<RunningServer> {
    const began = performance.now();
    const started = new RunningServer(server, core, log);
    const request = message('GET', server.api.ready);
    for (let status = 0; status !== 200; ) {
      if (started.child.exitCode !== null || performance.now() - began > PATIENCE) {
        throw new Failure(`${server.title} does not start: ${readFileSync(log, 'utf8').slice(-2_000)}`);
      }
      await sleep(LOOK);
      const connection = new Connection(server.port);
      status = await connection.ask(request).then(
        (answer) => answer.status,
        () => 0,
      );
      connection.close();
    }
    started.readyAfter = performance.now() - began;
    return started;
  }

  /** Seconds of a core that it has used so far. */
  get cpuSeconds(): number {
    return cpuSecondsOf(this.child.pid as number);
  }

  get residentMegabytes(): number {
    return residentMegabytesOf(this.child.pid as number, 'VmRSS');
  }

  /** The most that it has had so far. */
  get peakMegabytes(): number {
    return residentMegabytesOf(this.child.pid as number, 'VmHWM');
  }

  /** Throws away what it has logged, so that no disk is filled. */
  emptyLog(): void {
    truncateSync(this.log);
  }

  async stop(): Promise<void> {
    const closed = once(this.child, 'close');
    this.kill();
    await closed;
  }

  kill(): void {
    running.delete(this);
    if (this.child.exitCode === null && this.child.pid) {
      process.kill(-this.child.pid, 'SIGKILL');
    }
  }
}

/** Ends whatever still runs: for the end of this process, however it comes. */
export function killAll(): void {
  for (const server of running) {
    server.kill();
  }
}
