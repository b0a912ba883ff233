import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const TOOLS = ['aws', 'docker', 'git', 'helm', 'kubectl'];

/** Where runs of the deployer are watched: each command line of a tool is written down, and temporary files stand apart. */
export class Watch {
  readonly #bin: string;
  readonly #calls: string;
  readonly #temporary: string;

  constructor(folder: string) {
    this.#calls = join(folder, 'calls');
    [this.#bin, this.#temporary] = [join(folder, 'bin'), join(folder, 'tmp')];
    mkdirSync(this.#bin);
    mkdirSync(this.#temporary);
    for (const tool of TOOLS) {
      const lines = [
        '#!/bin/sh',
        `printf '%s\\n' "${tool} $*" >> '${this.#calls}'`,
        // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell's own
        'export PATH="${PATH#*:}"',
        `exec ${tool} "$@"`,
      ];
      writeFileSync(join(this.#bin, tool), `${lines.join('\n')}\n`, { mode: 0o755 });
    }
  }

  /** An environment, watched. */
  of(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
    return { ...env, TMPDIR: this.#temporary, PATH: [this.#bin, env.PATH].join(delimiter) };
  }

  get commandLines(): string {
    return readFileSync(this.#calls, 'utf8');
  }

  get leftBehind(): string[] {
    return readdirSync(this.#temporary);
  }
}
