import { cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { mustRun } from './program.ts';

/** The repository on GitHub: what stands in this checkout, with commits that are a test's. */
export class GitRepository {
  readonly folder = mkdtempSync(join(tmpdir(), 'repository-'));

  /** A repository with all that Git knows of here. */
  static async create(fullName: string): Promise<GitRepository> {
    const repository = new GitRepository();
    const known = await mustRun('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard']);
    for (const file of known.split('\0').filter(Boolean)) {
      mkdirSync(join(repository.folder, dirname(file)), { recursive: true });
      cpSync(file, join(repository.folder, file));
    }
    await repository.git('init', '--quiet', '--initial-branch', 'main');
    await repository.git('remote', 'add', 'origin', `https://github.com/${fullName}.git`);
    return repository;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Changes a file. */
  change(name: string, change: (content: string) => string): void {
    const file = join(this.folder, name);
    writeFileSync(file, change(readFileSync(file, 'utf8')));
  }

  /** Removes the tests but for one file, so that a run of them takes no time. */
  removeTests({ but }: { but: string }): void {
    for (const file of globSync('{deploy,src,test}/**/*.spec.ts', { cwd: this.folder })) {
      if (file !== but) {
        rmSync(join(this.folder, file));
      }
    }
  }

  /** Makes a commit of what has changed, or an empty one. Answers its id. */
  async commit(message: string): Promise<string> {
    await this.git('add', '--all');
    const who = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com'];
    await this.git(...who, 'commit', '--quiet', '--allow-empty', '--message', message);
    return (await this.git('rev-parse', 'HEAD')).trim();
  }

  /** The sources of a commit as CodePipeline hands them on: an archive without `.git`. Answers the file. */
  async archive(commit: string, folder: string): Promise<string> {
    const file = join(folder, `${commit}.zip`);
    await this.git('archive', '--format=zip', `--output=${file}`, commit);
    return file;
  }

  git(...args: string[]): Promise<string> {
    return mustRun('git', ['-C', this.folder, ...args]);
  }
}
