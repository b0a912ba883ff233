import type { Credentials } from '../system/aws-emulator.ts';
import type { PushedImage } from '../system/cluster.ts';
import type { Account } from './account.ts';
import { lookUp, type ProjectProperties, projectSession } from './build-project.ts';
import { type PipelineProperties, uploadSource } from './codepipeline.ts';
import { REPOSITORY } from './delivery.ts';
import { claimsOf, type Issuer } from './issuer.ts';
import { machine, mustRun } from './program.ts';
import { createReportGroup } from './reports.ts';
import type { GitRepository } from './repository.ts';
import type { GitHub } from './tools/github-account.ts';

const PIPELINE = 'jwt-api-pipeline';
const FULL_NAME = `${REPOSITORY.owner}/${REPOSITORY.name}`;

/** The last step of each pipeline, in its own role and with what its stack says: the release of the image of the head. */
export class Releases {
  readonly #account: Account;
  readonly #issuer: Issuer;
  readonly #repository: GitRepository;
  readonly #imageOf: (commit: string) => Promise<PushedImage>;

  constructor(
    account: Account,
    issuer: Issuer,
    repository: GitRepository,
    imageOf: (commit: string) => Promise<PushedImage>,
  ) {
    this.#account = account;
    this.#issuer = issuer;
    this.#repository = repository;
    this.#imageOf = imageOf;
  }

  /** Does what the newest execution of the pipeline does, and leaves what it leaves. */
  async byCodePipeline(): Promise<void> {
    const projects = await this.#account.resources<ProjectProperties>(PIPELINE, 'AWS::CodeBuild::Project');
    const [build, deploy] = ['build', 'deploy'].map(
      (name) => projects.find((project) => project.Name === `${PIPELINE}-${name}`) as ProjectProperties,
    ) as [ProjectProperties, ProjectProperties];
    const commit = await this.#head();
    await this.#leaveArtifacts(build, commit);
    const role = await projectSession(this.#account, deploy);
    const env: Record<string, string> = {};
    for (const { Name, Value, Type = 'PLAINTEXT' } of deploy.Environment.EnvironmentVariables) {
      env[Name] = Type === 'PLAINTEXT' ? Value : await lookUp(this.#account, role, Type, Value);
    }
    await this.#release(role, env);
    const query = 'pipelineExecutionSummaries[0].pipelineExecutionId';
    const list = ['codepipeline', 'list-pipeline-executions', '--pipeline-name', PIPELINE];
    await this.#account.reportExecution({
      pipelineName: PIPELINE,
      pipelineExecutionId: await this.#account.aws([...list, '--query', query, '--output', 'text']),
      status: 'Succeeded',
      sourceRevisions: [{ actionName: 'Source', revisionId: commit }],
    });
  }

  /** Does what the job `release` does, which GitHub lets into the environment from `main` alone. */
  async byGitHub(github: GitHub): Promise<void> {
    const { variables, environments } = github.repository(FULL_NAME);
    if (!environments.production?.includes('main')) {
      throw new Error('main may not use the environment production');
    }
    const commit = await this.#head();
    const occasion = { repository: REPOSITORY, event: 'push', ref: 'refs/heads/main', commit };
    const claims = claimsOf({ ...occasion, workflow: 'deploy.yml', environment: 'production' });
    const token = this.#issuer.sign({ ...claims, aud: 'sts.amazonaws.com' });
    const session = ['--role-session-name', 'GitHubActions', '--web-identity-token', token];
    const take = ['sts', 'assume-role-with-web-identity', '--role-arn', `${variables.AWS_DEPLOY_ROLE}`];
    const answer = await this.#account.aws([...take, ...session, '--output', 'json']);
    await this.#release(JSON.parse(answer).Credentials, {
      DEPLOY_CLUSTER: `${variables.EKS_CLUSTER}`,
      DEPLOY_NAMESPACE: `${variables.EKS_NAMESPACE}`,
      DEPLOY_SECRET_PARAMETER: variables.SECRET_PARAMETER ?? '',
      DEPLOY_SECRET_ID: variables.SECRET_ARN ?? '',
    });
  }

  async #release(role: Credentials, env: Record<string, string>): Promise<void> {
    const { repository, digest } = await this.#imageOf(await this.#head());
    const image = { DEPLOY_REGISTRY: repository, DEPLOY_DIGEST: digest };
    const options = {
      cwd: this.#repository.folder,
      env: machine({ ...this.#account.environment(role), ...env, ...image }),
    };
    await mustRun('npm', ['run', '--silent', 'deploy', '--', 'release'], options);
  }

  /** The archive of the source, and the group of the test reports. */
  async #leaveArtifacts(build: ProjectProperties, commit: string): Promise<void> {
    const stores = await this.#account.resources<PipelineProperties>(PIPELINE, 'AWS::CodePipeline::Pipeline');
    const bucket = `s3://${stores[0]?.ArtifactStore.Location}/`;
    await uploadSource(this.#account, { repository: this.#repository, commit }, bucket);
    const role = await projectSession(this.#account, build);
    await createReportGroup(this.#account, role, `${build.Name}-tests`);
  }

  async #head(): Promise<string> {
    return (await this.#repository.git('rev-parse', 'HEAD')).trim();
  }
}
