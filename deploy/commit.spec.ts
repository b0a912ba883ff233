import { commitOf, commitsBefore } from './commit.ts';
import { type Recorded, RecordedTools } from './recorded-tools.ts';

const HEAD = 'a'.repeat(40);
const OTHER = 'b'.repeat(40);
const NO_REPOSITORY = { failed: 'fatal: not a git repository (or any of the parent directories): .git\n' };

const NO_REPOSITORY_HERE = {
  failed:
    'fatal: not a git repository (or any parent up to mount point /)\nStopping at filesystem boundary (GIT_DISCOVERY_ACROSS_FILESYSTEM not set).\n',
};

function repository(changes = '', root: Recorded = '\n'): RecordedTools {
  return new RecordedTools(
    [/show-prefix$/, root],
    [/rev-parse HEAD$/, `${HEAD}\n`],
    [/status --porcelain$/, changes],
  );
}

describe('commitOf', () => {
  it.each<[string, string | undefined, NodeJS.ProcessEnv]>([
    ['the one that is checked out', undefined, {}],
    ['the one given', HEAD, { GITHUB_SHA: OTHER }],
    ["GitHub's", undefined, { GITHUB_SHA: HEAD }],
    ["CodeBuild's", undefined, { CODEBUILD_RESOLVED_SOURCE_VERSION: HEAD }],
    [
      'the one that is checked out, where CodeBuild names a bucket',
      undefined,
      { CODEBUILD_RESOLVED_SOURCE_VERSION: 'arn:aws:s3:::a' },
    ],
  ])('should be %s', async (_, given, env) => {
    expect(await commitOf(repository().tools, given, env)).toBe(HEAD);
  });

  it.each<[string, Recorded]>([
    ['no repository', NO_REPOSITORY],
    ['no repository on this file system', NO_REPOSITORY_HERE],
    ['another repository around it', 'jwt-api/\n'],
    ['no Git', { missing: true }],
  ])('should be told where there is %s', async (_, root) => {
    expect(await commitOf(repository('', root).tools, undefined, { GITHUB_SHA: OTHER })).toBe(OTHER);
    await expect(commitOf(repository('', root).tools, undefined, {})).rejects.toThrow('no commit is known');
  });

  it('should refuse other sources than its own', async () => {
    const other = commitOf(repository().tools, OTHER, {});
    await expect(other).rejects.toMatchObject({ hint: `git checkout ${OTHER}` });
    const changed = commitOf(repository(' M src/main.ts\n').tools, undefined, {});
    await expect(changed).rejects.toMatchObject({ detail: ' M src/main.ts' });
  });

  it('should not hide that Git fails', async () => {
    const tools = repository('', { failed: 'fatal: detected dubious ownership in repository\n' });
    await expect(commitOf(tools.tools, HEAD, {})).rejects.toThrow('dubious ownership');
  });
});

describe('commitsBefore', () => {
  it('should be what the history has', async () => {
    const tools = new RecordedTools([/show-prefix$/, '\n'], [/rev-list/, `${OTHER}\n${HEAD}\n`]);
    expect(await commitsBefore(tools.tools)).toEqual([OTHER, HEAD]);
  });

  it('should be what the commit itself says, in a shallow clone', async () => {
    const commit = `tree ${HEAD}\nparent ${OTHER}\nauthor a <a@example.com> 0 +0000\n\nparent of all\n`;
    const tools = new RecordedTools([/show-prefix$/, '\n'], [/rev-list/, ''], [/cat-file/, commit]);
    expect(await commitsBefore(tools.tools)).toEqual([OTHER]);
  });
});
