import { type ChildProcess, spawn } from 'node:child_process';
import { Failure, Interrupted } from './failure.ts';

/** How many lines of a tool's output a failure repeats. */
const LAST_LINES = 15;

/** The outside tools (docker, helm, kubectl, …). A command is always a list of arguments, never a shell's string. */
export class Tools {
  /** Whether what a tool prints is shown while it runs, or only its last lines if it fails. */
  verbose = false;
  readonly #children = new Set<ChildProcess>();
  #ended: NodeJS.Signals | undefined;

  /** Runs a tool for what it does. */
  run(tool: string, args: string[], env: NodeJS.ProcessEnv = {}): Promise<string> {
    return this.#spawn(tool, args, env, this.verbose);
  }

  /** Runs a tool for what it answers, which is never shown. */
  read(tool: string, args: string[]): Promise<string> {
    return this.#spawn(tool, args, {}, false);
  }

  /** Passes a signal on to what runs, and lets nothing else begin. Answers whether anything ran. */
  end(signal: NodeJS.Signals): boolean {
    this.#ended ??= signal;
    for (const child of this.#children) {
      child.kill(signal);
    }
    return this.#children.size > 0;
  }

  async #spawn(tool: string, args: string[], env: NodeJS.ProcessEnv, shown: boolean): Promise<string> {
    if (this.#ended) {
      throw new Interrupted(this.#ended);
    }
    if (shown) {
      process.stderr.write(`$ ${[tool, ...args].join(' ')}\n`);
    }
    const child = spawn(tool, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#children.add(child);
    const { answer, output } = collect(child, shown);
    const end = await ended(child, tool).finally(() => this.#children.delete(child));
    if (this.#ended) {
      throw new Interrupted(this.#ended);
    }
    if (end !== 0) {
      throw new ToolFailure(tool, end, output());
    }
    return answer();
  }
}

/** The tool is not on the PATH. */
export class ToolMissing extends Failure {
  constructor(tool: string) {
    super(`${tool} is not installed, or not on the PATH`);
  }
}

/** The tool ran and failed. */
export class ToolFailure extends Failure {
  /** All that it printed. */
  readonly output: string;

  constructor(tool: string, end: number | string, output: string) {
    const lines = output.trim().split('\n').slice(-LAST_LINES);
    // What stopped it is what a tool says last.
    const cause = lines.at(-1) || `ended with ${end}`;
    super(`${tool}: ${cause}`, { detail: lines.slice(0, -1).join('\n') });
    this.output = output;
  }
}

/** Gathers what a child prints: the answer is its standard output, the output both streams as they came. */
function collect({ stdout, stderr }: ChildProcess, shown: boolean) {
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
function ended(child: ChildProcess, tool: string): Promise<number | string> {
  return new Promise((resolve, reject) => {
    child.on('error', (error: NodeJS.ErrnoException) => {
      const isMissing = error.code === 'ENOENT';
      reject(isMissing ? new ToolMissing(tool) : new Failure(`${tool} cannot run (${error.code})`));
    });
    child.on('close', (code, signal) => resolve(code ?? signal ?? 'no exit code'));
  });
}
