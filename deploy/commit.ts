import { Failure } from './failure.ts';
import { ROOT } from './image.ts';
import { ToolFailure, ToolMissing } from './tool-failure.ts';
import type { Tools } from './tools.ts';

const COMMIT = /^[0-9a-f]{40}$/;

/** Where a CI system says which commit it runs for. */
const VARIABLES = ['GITHUB_SHA', 'CODEBUILD_RESOLVED_SOURCE_VERSION'];

/**
 * The commit that is worked on: the one given, else the CI system's, else the one checked out.
 * @throws {Failure} if the sources are not those of that commit, as far as there is a Git to tell
 */
export async function commitOf(
  tools: Tools,
  given?: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<string> {
  const head = (await git(tools, 'rev-parse', 'HEAD')).trim();
  const told = given ?? VARIABLES.map((name) => env[name]).find((value) => value && COMMIT.test(value));
  const commit = told ?? head;
  if (!commit) {
    throw new Failure('no commit is known: there is no Git repository here, and no variable of a CI system', {
      hint: 'Name it with --commit.',
    });
  }
  if (head && head !== commit) {
    throw new Failure(`the sources are those of ${head}, not of the commit ${commit}`, {
      hint: `git checkout ${commit}`,
    });
  }
  await refuseChanges(tools);
  return commit;
}

async function refuseChanges(tools: Tools): Promise<void> {
  const changes = (await git(tools, 'status', '--porcelain')).trimEnd();
  if (changes) {
    throw new Failure('the sources are not those of the commit: there are changes on top of it', {
      detail: changes,
      hint: 'Commit them, or put them away: git stash --include-untracked',
    });
  }
}

/** The commits before this one, the latest first. A shallow clone knows only the next, from the commit itself. */
export async function commitsBefore(tools: Tools): Promise<string[]> {
  const known = await git(tools, 'rev-list', '--first-parent', '--skip=1', '--max-count=5', 'HEAD');
  const commits = known.trim().split('\n').filter(Boolean);
  return commits.length > 0
    ? commits
    : [...(await git(tools, 'cat-file', 'commit', 'HEAD')).matchAll(/^parent (\w{40})$/gm)].map(
        ([, parent = '']) => parent,
      );
}

/** What Git answers of this repository; nothing where there is none, as in the archive that CodePipeline hands on. */
async function git(tools: Tools, ...args: string[]): Promise<string> {
  try {
    // A folder above this one may be a repository too: it is not meant.
    const root = (await tools.read('git', ['-C', ROOT, 'rev-parse', '--show-prefix'])).trim();
    return root === '' ? await tools.read('git', ['-C', ROOT, ...args]) : '';
  } catch (error) {
    if (
      error instanceof ToolMissing ||
      (error instanceof ToolFailure && /not a git repo/.test(error.output))
    ) {
      return '';
    }
    throw error;
  }
}
