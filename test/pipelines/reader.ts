import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import type { Account } from './account.ts';
import type { Command } from './guide.ts';
import { machine } from './program.ts';
import type { GitRepository } from './repository.ts';
import { Shell } from './shell.ts';
import { Transcript } from './transcript.ts';

/** Stand-ins for what is neither AWS nor here. */
const TOOLS = resolve('test/pipelines/tools');
const PROMPT = /^(.+ \[.*\]: )(.*)$/gm;
/** What is typed where the page shows a secret as `…`. */
const TYPED = 'what-nobody-shows';

/** Somebody who follows a page: one shell, in a copy of the repository, with a home that nothing is set up in. */
export class Reader {
  readonly home = mkdtempSync(join(tmpdir(), 'reader-'));
  readonly github: string;
  readonly #shell: Shell;
  readonly #transcript = new Transcript();

  private constructor(account: Account, repository: GitRepository) {
    this.github = join(this.home, 'github');
    mkdirSync(this.github);
    this.#install('gh');
    this.#install('eksctl');
    const git = ['[user]', 'name = Ada', 'email = ada@example.com'];
    const url = [`[url "${this.github}/"]`, 'insteadOf = https://github.com/'];
    writeFileSync(join(this.home, '.gitconfig'), [...git, ...url, ''].join('\n'));
    const { PATH, AWS_ENDPOINT_URL, AWS_MAX_ATTEMPTS } = account.environment();
    const env = machine({
      PATH: [join(this.home, 'bin'), PATH].join(delimiter),
      HOME: this.home,
      AWS_ENDPOINT_URL,
      AWS_MAX_ATTEMPTS,
      GITHUB_FOLDER: this.github,
      EKS_CONTROL: process.env.TEST_TOKEN_REVIEW,
    });
    this.#shell = new Shell(repository.folder, env, () => undefined);
  }

  /** @param repository a clone, without any work in it */
  static async start(account: Account, repository: GitRepository): Promise<Reader> {
    const reader = new Reader(account, repository);
    // Each command that fails is noted: also one inside another, or in the middle of a script.
    await reader.#shell.run(`set -o errtrace -o pipefail; trap 'echo "$BASH_COMMAND" >>"$HOME/failed"' ERR`);
    return reader;
  }

  /** Runs a command. @throws {Error} if it, or one inside it, fails, or it prints something else than the page says */
  async run({ text, output }: Command): Promise<void> {
    const command = this.#transcript.command(text);
    const typed = [...(output ?? '').matchAll(PROMPT)].map(([, , answer]) => answer?.replace('…', TYPED));
    const input = typed.length > 0 ? ` <<'TYPED'\n${typed.join('\n')}\nTYPED` : '';
    writeFileSync(join(this.home, 'failed'), '');
    const code = await this.#shell.run(`{ ${command}${input}\n} >"$HOME/printed" 2>&1`);
    const printed = readFileSync(join(this.home, 'printed'), 'utf8');
    const failed = readFileSync(join(this.home, 'failed'), 'utf8');
    if (code !== 0 || failed) {
      throw new Error(`${command}\nends with ${code}, where this fails:\n${failed}${printed}`);
    }
    const shown = output?.replaceAll(PROMPT, '$1').replaceAll(/\]: \n/g, ']: ');
    if (shown !== undefined && !this.#transcript.matches(shown, printed)) {
      throw new Error(`${command}\nprints\n${printed}and the page says\n${output}`);
    }
  }

  async end(): Promise<void> {
    await this.#shell.end();
    rmSync(this.home, { recursive: true, force: true });
  }

  #install(tool: string): void {
    const bin = join(this.home, 'bin');
    mkdirSync(bin, { recursive: true });
    const lines = ['#!/bin/sh', `exec "${process.execPath}" "${join(TOOLS, tool)}.ts" "$@"`, ''];
    writeFileSync(join(bin, tool), lines.join('\n'), { mode: 0o755 });
  }
}
