import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { type BuildInput, runBuild } from './codebuild.ts';
import type { Shell } from './shell.ts';

describe(runBuild.name, () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'codebuild-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function build(spec: object, input: Partial<BuildInput> = {}) {
    writeFileSync(join(folder, 'buildspec.yml'), stringify({ version: 0.2, ...spec }));
    return runBuild({
      folder,
      buildspec: 'buildspec.yml',
      project: [],
      env: { PATH: process.env.PATH },
      lookUp: async (type, name) => `${type} ${name}`,
      ...input,
    });
  }

  /** What each phase prints, and the phase that fails by a command of its own. */
  const phases = (failing: string, onFailure?: string) =>
    Object.fromEntries(
      ['install', 'pre_build', 'build', 'post_build'].map((name) => [
        name,
        {
          ...(onFailure && { 'on-failure': onFailure }),
          commands: [`echo "ran:${name}"`, ...(name === failing ? ['false', 'echo "ran:too much"'] : [])],
        },
      ]),
    );
  const ran = ({ log }: { log: string }) => [...log.matchAll(/^ran:(.*)$/gm)].map(([, what]) => what);

  it('should run the phases in order, in one shell, in the folder of the source', async () => {
    const result = await build({
      phases: {
        install: { commands: ['A=1', 'mkdir sub && cd sub', 'f() { echo "f $1"; }'] },
        pre_build: { commands: ["f 'it is'", 'echo "A=$A in $(basename "$PWD")"'] },
        build: { commands: ['echo "last: $CODEBUILD_BUILD_SUCCEEDING" >&2'] },
      },
    });
    expect(result).toMatchObject({
      status: 'SUCCEEDED',
      phases: ['INSTALL', 'PRE_BUILD', 'BUILD'].map((name) => ({ name, status: 'SUCCEEDED' })),
    });
    expect(result.log).toMatch(/^f it is$.*^A=1 in sub$.*^last: 1$/ms);
  });

  it.each([
    ['install', undefined, ['install']],
    ['pre_build', undefined, ['install', 'pre_build']],
    // What surprises people: after a build that failed, the next phase runs.
    ['build', undefined, ['install', 'pre_build', 'build', 'post_build']],
    ['build', 'ABORT', ['install', 'pre_build', 'build']],
    ['pre_build', 'CONTINUE', ['install', 'pre_build', 'build', 'post_build']],
    ['post_build', undefined, ['install', 'pre_build', 'build', 'post_build']],
  ])(
    'should end red when a command of %s fails, with on-failure %s',
    async (failing, onFailure, expected) => {
      const result = await build({ phases: phases(failing, onFailure) });
      expect(result.status).toBe('FAILED');
      expect(ran(result)).toEqual(expected);
      expect(result.phases.find(({ status }) => status === 'FAILED')).toEqual({
        name: failing.toUpperCase(),
        status: 'FAILED',
        message: 'COMMAND_EXECUTION_ERROR: Error while executing command: false. Reason: exit status 1',
      });
    },
  );

  it('should tell the later phases that the build fails', async () => {
    const commands = ['echo "ran:$CODEBUILD_BUILD_SUCCEEDING"'];
    const result = await build({ phases: { build: { commands: ['false'] }, post_build: { commands } } });
    expect(ran(result)).toEqual(['0']);
  });

  it('should run finally whatever became of the commands', async () => {
    const install = { commands: ['false'], finally: ['echo ran:finally'] };
    const result = await build({ phases: { install, build: { commands: ['echo ran:build'] } } });
    expect(ran(result)).toEqual(['finally']);
    const failing = await build({ phases: { install: { commands: ['true'], finally: ['exit 3'] } } });
    expect(failing.phases[0]?.message).toMatch(/exit 3\. Reason: exit status 3$/);
  });

  it('should let the call win over the project, and that over the buildspec', async () => {
    const env = {
      variables: { A: 'buildspec', B: 'buildspec', C: 'buildspec' },
      'parameter-store': { P: '/of/buildspec', Q: '/of/buildspec' },
    };
    const result = await build(
      { env, phases: { build: { commands: ['echo "ran:$A,$B,$C,$P,$Q,$S"'] } } },
      {
        project: [
          { name: 'B', value: 'project' },
          { name: 'C', value: 'project' },
          { name: 'Q', value: '/of/project', type: 'PARAMETER_STORE' },
          { name: 'S', value: 'arn:secret', type: 'SECRETS_MANAGER' },
        ],
        overrides: [{ name: 'C', value: 'call' }],
      },
    );
    expect(ran(result)).toEqual([
      'buildspec,project,call,PARAMETER_STORE /of/buildspec,PARAMETER_STORE /of/project,SECRETS_MANAGER arn:secret',
    ]);
  });

  it.each([
    ['build', undefined, ['tests']],
    ['build', 'ABORT', []],
    ['pre_build', undefined, []],
    ['none', undefined, ['tests']],
  ])(
    'should upload reports as CodeBuild does, if %s fails with on-failure %s',
    async (failing, onFailure, expected) => {
      const reports = { tests: { files: ['junit.xml'], 'file-format': 'JUNITXML' } };
      const result = await build({ phases: phases(failing, onFailure), reports });
      expect(Object.keys(result.reports)).toEqual(expected);
    },
  );

  it('should run nothing without a parameter that it needs', async () => {
    const lookUp = async () => {
      throw new Error('Parameter /nope not found.');
    };
    const project = [{ name: 'P', value: '/nope', type: 'PARAMETER_STORE' as const }];
    const result = await build({ phases: phases('none') }, { project, lookUp });
    expect(result.phases).toEqual([
      { name: 'DOWNLOAD_SOURCE', status: 'FAILED', message: 'Parameter /nope not found.' },
    ]);
    expect(ran(result)).toEqual([]);
  });

  it('should export what a command has set, and only what is named', async () => {
    const env = { variables: { Z: 'first' }, 'exported-variables': ['X', 'Y', 'Z'] };
    const result = await build({ env, phases: { build: { commands: ["X='two\nlines'", 'Z=last W=no'] } } });
    expect(result.exported).toEqual({ X: 'two\nlines', Y: '', Z: 'last' });
  });

  it('should have nothing of its own environment in that of the build', async () => {
    const result = await build(
      { phases: { build: { commands: ['env'] } } },
      { env: { PATH: '/usr/bin:/bin' } },
    );
    expect(result.log).not.toMatch(/^(NODE|npm|HOME)/m);
  });

  it('should end red when it is killed', async () => {
    let shell: Shell | undefined;
    const killed = await build(
      { phases: { build: { commands: ['echo now && sleep 60', 'echo ran:after'] } } },
      { started: (started) => (shell = started), tell: (text) => text.startsWith('now') && shell?.kill() },
    );
    expect(killed).toMatchObject({
      status: 'FAILED',
      phases: [{ name: 'BUILD', message: expect.stringContaining('exit status 137') }],
    });
    expect(ran(killed)).toEqual([]);
  });

  it.each([
    [{ phases: { build: { comands: ['true'] } } }, 'comands'],
    [{ phases: { build: { commands: ['true'], 'on-failure': 'RETRY' } } }, 'on-failure'],
    [{ phases: {}, cache: {} }, 'cache'],
    [{ phases: {}, version: 0.1 }, 'version'],
  ])('should refuse what it does not do: %j', async (spec, named) => {
    const { phases } = await build(spec);
    expect(phases).toEqual([
      { name: 'DOWNLOAD_SOURCE', status: 'FAILED', message: expect.stringContaining(named) },
    ]);
  });
});
