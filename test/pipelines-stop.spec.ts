import { type Doc, planted } from './cloudformation.js';
import { buildspecCommands, deeds, jobCommands, read } from './pipelines-same.js';

const build = read('buildspec.yml');
const release = read('buildspec.release.yml');
const { jobs } = read('.github/workflows/deploy.yml');

const PHASES = ['install', 'pre_build', 'build'];

/** What a failure would not stop, and a report that it would. */
function unstoppable({ phases, reports }: Doc): string[] {
  // CodeBuild uploads the report after a failure of its last phase, without ABORT, and of no other.
  const { build: last } = phases;
  const isReported = last.commands.includes('npm cit') && !last['on-failure'];
  return [
    ...(reports && !isReported ? ['the report of a failed test is not uploaded'] : []),
    ...Object.entries<Doc>(phases).flatMap(([name, phase]) => [
      ...(PHASES.includes(name) ? [] : [`${name} runs after a build that failed`]),
      ...(phase['on-failure'] === 'ABORT' || (reports && phase === last)
        ? []
        : [`${name} does not end the build when it fails`]),
      ...('finally' in phase ? [`${name} goes on after a failure`] : []),
      ...(phase.commands ?? [])
        .filter((command: string) => /\|\|\s*(true|:)|;|set \+e/.test(command))
        .map((command: string) => `${name} does not see that this fails: ${command}`),
    ]),
  ];
}

/** What could run code of others where the secret is. */
function exposed(commands: string[]): string[] {
  return deeds(commands).filter(
    (deed) =>
      !/^(bash deploy\/install-helm\.sh|npm ci --ignore-scripts --omit=dev|npm run (--silent )?deploy -- \w+)$/.test(
        deed,
      ),
  );
}

/** A job or a step that may be left out, or fail unseen. */
function optional(workflow: Doc): string[] {
  return Object.entries<Doc>(workflow).flatMap(([name, job]) =>
    [job, ...job.steps]
      .filter((part) => 'continue-on-error' in part || 'if' in part)
      .map((part) => `${name}: ${part.if ?? 'goes on after a failure'}`),
  );
}

describe('a failure in a pipeline', () => {
  it('should stop at the first failure', () => {
    expect([...unstoppable(build), ...unstoppable(release)]).toEqual([]);
    expect(jobs.release.needs).toBe('build');
    const allowed = [
      "build: vars.AWS_BUILD_ROLE != ''",
      "release: always() && steps.release.outcome != 'skipped'",
    ];
    expect(optional(jobs)).toEqual(allowed);
    expect(optional(planted(jobs, ({ build }) => (build.steps[2].if = 'false')))).toContain('build: false');
    const careless = planted(jobs, ({ build }) => (build.steps[2]['continue-on-error'] = true));
    expect(optional(careless)).toContain('build: goes on after a failure');
  });

  it.each<[fault: string, change: (buildspec: Doc) => void]>([
    [
      'post_build runs after a build that failed',
      ({ phases }) => (phases.post_build = { commands: ['echo'], 'on-failure': 'ABORT' }),
    ],
    ['install does not end the build when it fails', ({ phases }) => delete phases.install['on-failure']],
    ['the report of a failed test is not uploaded', ({ phases }) => (phases.build['on-failure'] = 'ABORT')],
    [
      'the report of a failed test is not uploaded',
      ({ phases }) => (phases.pre_build = { commands: phases.build.commands.splice(0, 1) }),
    ],
    ['build goes on after a failure', ({ phases }) => (phases.build.finally = ['npm run deploy -- image'])],
    [
      'build does not see that this fails: npm cit || true',
      ({ phases }) => (phases.build.commands = ['npm cit || true']),
    ],
  ])('should not pass: %s', (fault, change) => {
    expect(unstoppable(planted(build, change))).toContain(fault);
  });

  it('should run no test and no install script where the secret is', () => {
    expect([...exposed(buildspecCommands(release)), ...exposed(jobCommands(jobs.release))]).toEqual([]);
    expect(exposed(['npm cit', 'npm ci', 'npx jest', 'npm test'])).toHaveLength(4);
  });
});
