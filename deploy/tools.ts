import type { ChildProcess } from 'node:child_process';
import { type Call, collect, ended, kill, start } from './child.ts';
import { Interrupted } from './failure.ts';
import { ToolFailure } from './tool-failure.ts';

/** The outside tools (docker, helm, kubectl, …). A command is always a list of arguments, never a shell's string. */
export class Tools {
  /** Whether what a tool prints is shown while it runs, or only its last lines if it fails. */
  verbose = false;
  /** Variables that each tool gets besides this process's own. None gets the secret. */
  readonly env: NodeJS.ProcessEnv = { JWT_SECRET: undefined };
  readonly #children = new Set<ChildProcess>();
  readonly #concealed = new Set<string>();
  #ended: NodeJS.Signals | undefined;
  #closings = 0;

  /** Runs a tool for what it does. */
  run(tool: string, args: string[], env: NodeJS.ProcessEnv = {}): Promise<string> {
    return this.#spawn(tool, args, { env, isShown: this.verbose });
  }

  /** The same, for a tool that must not go on without this process. */
  runLeashed(tool: string, args: string[], env: NodeJS.ProcessEnv = {}): Promise<string> {
    return this.#spawn(tool, args, { env, isShown: this.verbose, isLeashed: true });
  }

  /** Runs a tool for what it answers, which is never shown. */
  read(tool: string, args: string[], env: NodeJS.ProcessEnv = {}): Promise<string> {
    return this.#spawn(tool, args, { env });
  }

  /** Runs a tool on a standard input, of which nothing is shown. */
  feed(tool: string, args: string[], input: string): Promise<string> {
    return this.#spawn(tool, args, { input });
  }

  /** The same, for a tool that opens `/dev/stdin` as a file. */
  feedFile(tool: string, args: string[], input: string): Promise<string> {
    return this.#spawn(tool, args, { input, isFile: true });
  }

  /** The same, although everything else was told to end. */
  feedLast(tool: string, args: string[], input: string): Promise<string> {
    return this.#spawn(tool, args, { input, isLast: true });
  }

  /** From now on the text, also in base64, is in nothing that a tool is shown to have said. */
  conceal(text: string): void {
    this.#concealed.add(text).add(Buffer.from(text).toString('base64'));
  }

  /** Does what must be put in order before this process may end. */
  async closing<T>(work: () => Promise<T>): Promise<T> {
    this.#closings += 1;
    return await work().finally(() => {
      this.#closings -= 1;
    });
  }

  /** Passes a signal on to what runs, and lets nothing else begin. Answers whether anything is to be waited for. */
  end(signal: NodeJS.Signals): boolean {
    this.#ended ??= signal;
    for (const child of this.#children) {
      kill(child, signal);
    }
    return this.#children.size + this.#closings > 0;
  }

  async #spawn(tool: string, args: string[], call: Call): Promise<string> {
    const { isShown = false, isLast = false } = call;
    if (this.#ended && !isLast) {
      throw new Interrupted(this.#ended);
    }
    if (isShown) {
      process.stderr.write(`$ ${[tool, ...args].join(' ')}\n`);
    }
    const child = start(tool, args, { ...call, env: { ...this.env, ...call.env } });
    if (!isLast) {
      this.#children.add(child);
    }
    const { answer, output } = collect(child, isShown);
    const end = await ended(child, tool).finally(() => this.#children.delete(child));
    if (this.#ended && !isLast) {
      throw new Interrupted(this.#ended);
    }
    if (end !== 0) {
      throw new ToolFailure(tool, end, this.#clean(output()));
    }
    return answer();
  }

  #clean(output: string): string {
    return [...this.#concealed].reduce((text, concealed) => text.replaceAll(concealed, '…'), output);
  }
}
