import { options, variable } from '../deploy/options.ts';
import { type Doc, planted, readTemplate } from './cloudformation.js';
import {
  buildspecCommands,
  deeds,
  deployVariables,
  expression,
  jobCommands,
  read,
} from './pipelines-same.js';
import { resourcesOf } from './pipelines-stacks.js';

const build = read('buildspec.yml');
const release = read('buildspec.release.yml');
const { jobs } = read('.github/workflows/deploy.yml');

const PHASES = ['install', 'pre_build', 'build'];

/** What a failure would not stop. */
function unstoppable(buildspec: Doc): string[] {
  return Object.entries<Doc>(buildspec.phases).flatMap(([name, phase]) => [
    ...(PHASES.includes(name) ? [] : [`${name} runs after a build that failed`]),
    ...(phase['on-failure'] === 'ABORT' ? [] : [`${name} does not end the build when it fails`]),
    ...('finally' in phase ? [`${name} goes on after a failure`] : []),
    ...(phase.commands ?? [])
      .filter((command: string) => /\|\|\s*(true|:)|;|set \+e/.test(command))
      .map((command: string) => `${name} does not see that this fails: ${command}`),
  ]);
}

/** Faults between the two ways to do one stage. */
function differences(codebuild: Doc, job: Doc): string[] {
  const [ours, theirs] = [deeds(buildspecCommands(codebuild)), deeds(jobCommands(job))];
  return ours.join('\n') === theirs.join('\n')
    ? []
    : [`CodeBuild: ${ours.join(', ')}; GitHub: ${theirs.join(', ')}`];
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

describe('the two pipelines', () => {
  it('should do the same in the same order', () => {
    expect(differences(build, jobs.build)).toEqual([]);
    expect(differences(release, jobs.release)).toEqual([]);
    expect(deeds(buildspecCommands(build))).toEqual(['npm cit', 'npm run deploy -- image']);
    expect(deeds(buildspecCommands(release))).toEqual([
      'bash deploy/install-helm.sh',
      'npm ci --ignore-scripts --omit=dev',
      'npm run deploy -- release',
      'npm run --silent deploy -- status',
    ]);
  });

  it.each<[fault: string, change: (stages: Doc) => void]>([
    ['a step more', ({ job }) => job.steps.push({ run: 'npm run deploy -- doctor' })],
    ['another tool', ({ buildspec }) => buildspec.phases.build.commands.push('kubectl apply -f kubernetes')],
    ['a step less', ({ job }) => (job.steps = job.steps.filter(({ run }: Doc) => run !== 'npm cit'))],
    ['another order', ({ job }) => job.steps.reverse()],
    [
      'another option',
      ({ buildspec }) => (buildspec.phases.pre_build.commands = ['npm cit --ignore-scripts']),
    ],
    ['tests gone', ({ buildspec }) => delete buildspec.phases.pre_build],
  ])('should not pass with %s', (_, change) => {
    const { buildspec, job } = planted({ buildspec: build, job: jobs.build }, change);
    expect(differences(buildspec, job)).toHaveLength(1);
  });

  it('should stop at the first failure', () => {
    expect([...unstoppable(build), ...unstoppable(release)]).toEqual([]);
    expect(jobs.release.needs).toBe('build');
    expect(
      Object.values<Doc>(jobs)
        .flatMap(({ steps }) => steps)
        .filter((step) => 'continue-on-error' in step),
    ).toEqual([]);
  });

  it.each<[fault: string, change: (buildspec: Doc) => void]>([
    [
      'post_build runs after a build that failed',
      ({ phases }) => (phases.post_build = { commands: ['echo'], 'on-failure': 'ABORT' }),
    ],
    ['pre_build does not end the build when it fails', ({ phases }) => delete phases.pre_build['on-failure']],
    ['build goes on after a failure', ({ phases }) => (phases.build.finally = ['npm run deploy -- image'])],
    [
      'pre_build does not see that this fails: npm cit || true',
      ({ phases }) => (phases.pre_build.commands = ['npm cit || true']),
    ],
  ])('should not pass: %s', (fault, change) => {
    expect(unstoppable(planted(build, change))).toContain(fault);
  });

  it('should run no test and no install script where the secret is', () => {
    expect([...exposed(buildspecCommands(release)), ...exposed(jobCommands(jobs.release))]).toEqual([]);
    expect(exposed(['npm cit', 'npm ci', 'npx jest', 'npm test'])).toHaveLength(4);
  });

  it('should release the very image that was built', () => {
    expect(build.env['exported-variables']).toEqual(['IMAGE_DIGEST']);
    const { Stages } = resourcesOf('pipeline, parameter').Pipeline.Properties;
    const deploy = Stages.at(-1).Actions[0].Configuration;
    expect(JSON.parse(deploy.EnvironmentVariables)).toEqual([
      { name: 'DEPLOY_DIGEST', value: '#{Build.IMAGE_DIGEST}', type: 'PLAINTEXT' },
    ]);
    expect(jobs.release.env.DEPLOY_DIGEST).toBe(expression('needs.build.outputs.image-digest'));
    expect(jobs.build.outputs).toEqual({ 'image-digest': expression('steps.image.outputs.image-digest') });
  });

  it('should set variables that the deployer knows, and the same for a release', () => {
    const known = Object.keys(options.shape).map(variable);
    const codebuild = deployVariables(build, release, readTemplate('pipeline'));
    const github = deployVariables(jobs.build, jobs.release);
    expect(known).toEqual(expect.arrayContaining([...codebuild, ...github]));
    // Each hands the digest on in its own way, and CodeBuild reads the secret before the deployer does.
    expect(codebuild.filter((name) => !github.includes(name))).toEqual(['DEPLOY_DIGEST_FILE']);
    expect(github.filter((name) => !codebuild.includes(name))).toEqual([
      'DEPLOY_SECRET_ID',
      'DEPLOY_SECRET_PARAMETER',
    ]);
    expect(known).not.toContain(deployVariables(['DEPLOY_MISSPELT'])[0]);
  });

  it('should give a release the same time', () => {
    const { TimeoutInMinutes } = resourcesOf('pipeline, parameter').DeployProject.Properties;
    expect(jobs.release['timeout-minutes']).toBe(TimeoutInMinutes);
  });
});
