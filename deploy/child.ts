import { type ChildProcess, spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { Failure } from './failure.ts';
import { ToolMissing } from './tool-failure.ts';

const LEASH = resolve(import.meta.dirname, 'leash.ts');

/** Runs the command that follows behind a pipe. The shell sees the arguments as such. */
const PIPED = ['sh', '-c', 'cat | "$@"', 'sh'];

/** How a tool is run. */
export interface Call {
  env?: NodeJS.ProcessEnv;
  /** Its standard input. */
  input?: string;
  /** Whether the tool opens that by its name: it has to be a pipe then, and what Node.js gives a child is a socket. */
  isFile?: boolean;
  /** Whether what it prints is shown. */
  isShown?: boolean;
  /** Whether it runs although everything else was told to end. */
  isLast?: boolean;
  /** Whether it is told to end when this process is gone, however suddenly. */
  isLeashed?: boolean;
}

/** Starts a tool. */
export function start(
  tool: string,
  args: string[],
  { env, input, isFile, isLeashed = false }: Call,
): ChildProcess {
  const [program = '', ...all] = [
    ...(isLeashed ? [process.execPath, LEASH] : []),
    ...(isFile ? PIPED : []),
    tool,
    ...args,
  ];
  const child = spawn(program, all, {
    env: { ...process.env, ...env },
    stdio: [isLeashed || input !== undefined ? 'pipe' : 'ignore', 'pipe', 'pipe'],
    // In a group of its own, so that a Ctrl-C reaches it once, and a SIGKILL both the leash and the tool.
    detached: isLeashed,
  });
  // A tool may end without having read it.
  child.stdin?.on('error', () => undefined);
  if (input !== undefined) {
    child.stdin?.end(input);
  }
  return child;
}

/** Passes a signal on. */
export function kill(child: ChildProcess, signal: NodeJS.Signals): void {
  const isLeashed = child.spawnargs[1] === LEASH;
  if (isLeashed && signal === 'SIGKILL' && child.pid) {
    process.kill(-child.pid, signal);
  } else {
    child.kill(signal);
  }
}

/** Gathers what a child prints: the answer is its standard output, the output both streams as they came. */
export function collect({ stdout, stderr }: ChildProcess, shown: boolean) {
  let answer = '';
  let output = '';
  stdout?.setEncoding('utf8').on('data', (text: string) => {
    answer += text;
  });
  for (const stream of [stdout, stderr?.setEncoding('utf8')]) {
    stream?.on('data', (text: string) => {
      output += text;
      if (shown) {
        process.stderr.write(text);
      }
    });
  }
  return { answer: () => answer, output: () => output };
}

/** How a child ended: by its exit code or the name of a signal. */
export function ended(child: ChildProcess, tool: string): Promise<number | string> {
  return new Promise((resolve, reject) => {
    child.on('error', (error: NodeJS.ErrnoException) => {
      const isMissing = error.code === 'ENOENT';
      reject(isMissing ? new ToolMissing(tool) : new Failure(`${tool} cannot run (${error.code})`));
    });
    child.on('close', (code, signal) => resolve(code ?? signal ?? 'no exit code'));
  });
}
