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

/** What CodePipeline runs after the source, stage by stage. */
function buildspecs({ Pipeline, ...others }: Doc): string[] {
  return Pipeline.Properties.Stages.slice(1)
    .flatMap(({ Actions }: Doc) => Actions)
    .map(({ Configuration }: Doc) => others[Configuration.ProjectName?.slice(1, -1)])
    .map((project: Doc) => project?.Properties.Source.BuildSpec);
}

/** Faults between the two ways to do one stage. */
function differences(codebuild: Doc, job: Doc): string[] {
  const [ours, theirs] = [deeds(buildspecCommands(codebuild)), deeds(jobCommands(job))];
  return ours.join('\n') === theirs.join('\n')
    ? []
    : [`CodeBuild: ${ours.join(', ')}; GitHub: ${theirs.join(', ')}`];
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

  it('should have the same stages', () => {
    const stack = resourcesOf('pipeline, parameter');
    const both = ['buildspec.yml', 'buildspec.release.yml'];
    expect(buildspecs(stack)).toEqual(both);
    expect(Object.keys(jobs)).toEqual(['build', 'release']);
    const more = planted(stack, ({ Pipeline }) => {
      Pipeline.Properties.Stages.push(Pipeline.Properties.Stages[1]);
    });
    expect(buildspecs(more)).not.toEqual(both);
    const swapped = planted(stack, ({ DeployProject }) => {
      DeployProject.Properties.Source.BuildSpec = 'buildspec.yml';
    });
    expect(buildspecs(swapped)).not.toEqual(both);
  });

  it.each<[fault: string, change: (stages: Doc) => void]>([
    ['a step more', ({ job }) => job.steps.push({ run: 'npm run deploy -- doctor' })],
    ['a step in what is printed', ({ job }) => job.steps.push({ run: 'echo "$(npm run deploy -- doctor)"' })],
    ['another tool', ({ buildspec }) => buildspec.phases.build.commands.push('kubectl apply -f kubernetes')],
    ['a step less', ({ job }) => (job.steps = job.steps.filter(({ run }: Doc) => run !== 'npm cit'))],
    ['another order', ({ job }) => job.steps.reverse()],
    ['another option', ({ buildspec }) => (buildspec.phases.build.commands[0] = 'npm cit --ignore-scripts')],
    ['tests gone', ({ buildspec }) => buildspec.phases.build.commands.shift()],
  ])('should not pass with %s', (_, change) => {
    const { buildspec, job } = planted({ buildspec: build, job: jobs.build }, change);
    expect(differences(buildspec, job)).toHaveLength(1);
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
