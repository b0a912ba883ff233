import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What GitHub keeps of a repository beside its commits. */
export interface Repository {
  id: number;
  ownerId: number;
  variables: Record<string, string>;
  /** The branches that may use each environment. */
  environments: Record<string, string[]>;
  /** The checks that a change of `main` needs. */
  checks: string[];
}

/** An account on GitHub: a folder with bare repositories. */
export class GitHub {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  create(name: string): void {
    const args = ['init', '--quiet', '--bare', '--initial-branch', 'main', join(this.#folder, `${name}.git`)];
    execFileSync('git', args);
    this.#write(name, { id: 789012, ownerId: 123456, variables: {}, environments: {}, checks: [] });
  }

  /** @throws {Error} if there is none of that name */
  repository(name: string): Repository {
    const file = this.#file(name);
    if (!existsSync(file)) {
      throw new Error(`Could not resolve to a Repository with the name '${name}'.`);
    }
    return JSON.parse(readFileSync(file, 'utf8')) as Repository;
  }

  change(name: string, change: (repository: Repository) => void): void {
    const repository = this.repository(name);
    change(repository);
    this.#write(name, repository);
  }

  #write(name: string, repository: Repository): void {
    writeFileSync(this.#file(name), JSON.stringify(repository));
  }

  #file(name: string): string {
    return join(this.#folder, `${name}.git`, 'github.json');
  }
}
