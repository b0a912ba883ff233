import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { kill, killTree } from '../kill-tree.ts';

/** The exit code of a shell that was killed. */
const KILLED = 137;

/** One bash in which a build's commands run one after the other, so that each finds what those before it have set. */
export class Shell {
  readonly #child: ChildProcess;
  readonly #answers: AsyncIterator<string>;
  readonly #exited: Promise<number>;
  readonly #closed: Promise<unknown>;

  /** Begins, in a folder, with this environment and no other. @param tell gets all that the commands print */
  constructor(folder: string, env: NodeJS.ProcessEnv, tell: (text: string) => void) {
    // A process group of its own, so that whatever a command has left running ends with it.
    this.#child = spawn('bash', ['--noprofile', '--norc'], {
      cwd: folder,
      env,
      stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
      detached: true,
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', tell);
    }
    this.#child.stdin?.on('error', () => undefined);
    this.#exited = once(this.#child, 'exit').then(([code]) => code ?? KILLED);
    this.#closed = once(this.#child, 'close');
    const answers = createInterface({ input: this.#child.stdio[3] as Readable });
    this.#answers = answers[Symbol.asyncIterator]();
  }

  /** Runs a command. Answers its exit code; that of the shell's end, if it ended the shell. */
  async run(command: string): Promise<number> {
    this.#write(`eval ${quoted(command)} </dev/null 3>&-`, 'echo $? >&3');
    const { done, value } = await this.#answers.next();
    return done ? await this.#exited : Number(value);
  }

  /** The value of a variable; nothing where it is not set. */
  async value(name: string): Promise<string> {
    this.#write(`printf '%s' "\${${name}-}" | base64 --wrap=0 >&3; echo >&3`);
    const { value } = await this.#answers.next();
    return Buffer.from(`${value ?? ''}`, 'base64').toString();
  }

  /** Breaks it off with all that it has started, as it ends when its machine is taken away. */
  kill(): void {
    killTree(this.#child);
  }

  /** Ends it, once all that was printed has been told; what a command has left running ends with it. */
  async end(): Promise<void> {
    this.#child.stdin?.end();
    await this.#exited;
    kill(-(this.#child.pid as number));
    await this.#closed;
  }

  #write(...lines: string[]): void {
    this.#child.stdin?.write(`${lines.join('\n')}\n`);
  }
}

const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;
