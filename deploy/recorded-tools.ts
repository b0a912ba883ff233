import { Cluster } from './cluster.ts';
import type { Session } from './command.ts';
import type { Progress } from './progress.ts';
import { ToolFailure, ToolMissing } from './tool-failure.ts';
import type { Tools } from './tools.ts';

/** What a tool answered once: its standard output, or, for one that failed, all that it said. */
export type Recorded = string | { failed: string } | { missing: true };

/** A call of a tool: its command line, and what it got on standard input. */
export interface Call {
  line: string;
  input: string;
}

/** Tools for unit tests, which answer what the real ones once did. The first pattern that fits a command line answers it. */
export class RecordedTools {
  readonly calls: Call[] = [];
  readonly concealed: string[] = [];
  readonly env: NodeJS.ProcessEnv = {};
  isEnded = false;
  readonly #answers: [RegExp, ...Recorded[]][];

  /** Where a pattern has several answers, each is given once, and the last from then on. */
  constructor(...answers: [RegExp, ...Recorded[]][]) {
    this.#answers = answers;
  }

  get lines(): string[] {
    return this.calls.map(({ line }) => line);
  }

  /** As the code under test knows them. */
  get tools(): Tools {
    return this as unknown as Tools;
  }

  get cluster(): Cluster {
    const context = { name: 'here', server: 'https://192.0.2.1', isLocal: false };
    return new Cluster(this.tools, context, 'apps');
  }

  get session(): Session {
    const progress = { step: (_: string, work: () => unknown) => work(), note: () => undefined };
    return { tools: this.tools, progress: progress as unknown as Progress, result: {} };
  }

  run = (tool: string, args: string[]) => this.#answer(tool, args);
  runLeashed = (tool: string, args: string[]) => this.#answer(tool, args);
  read = (tool: string, args: string[]) => this.#answer(tool, args);
  feed = (tool: string, args: string[], input: string) => this.#answer(tool, args, input);
  feedFile = (tool: string, args: string[], input: string) => this.#answer(tool, args, input);
  feedLast = (tool: string, args: string[], input: string) => this.#answer(tool, args, input);
  conceal = (text: string) => this.concealed.push(text);
  closing = <T>(work: () => Promise<T>) => work();
  end = () => {
    this.isEnded = true;
  };

  async #answer(tool: string, args: string[], input = ''): Promise<string> {
    const line = [tool, ...args].join(' ');
    this.calls.push({ line, input });
    const recorded = this.#answers.find(([pattern]) => pattern.test(line));
    if (!recorded) {
      throw new Error(`nothing is recorded for: ${line}`);
    }
    const [pattern, answer = '', ...later] = recorded;
    recorded.splice(0, recorded.length, pattern, ...(later.length > 0 ? later : [answer]));
    if (typeof answer === 'string') {
      return answer;
    }
    throw 'missing' in answer ? new ToolMissing(tool) : new ToolFailure(tool, 1, answer.failed);
  }
}
