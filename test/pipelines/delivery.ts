import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Account, CLUSTER } from './account.ts';
import { type Execution, Pipeline, type Push } from './codepipeline.ts';
import { runWorkflow, type WorkflowInput, type WorkflowRun } from './github.ts';
import { Issuer, type Repository } from './issuer.ts';
import { mustRun } from './program.ts';
import { GitRepository } from './repository.ts';

/** The repository on GitHub. */
export const REPOSITORY: Repository = { owner: 'octo-org', ownerId: 123456, name: 'jwt-api', id: 789012 };
/** What the docs call the namespace and the parameter of the secret. */
export const NAMESPACE = 'jwt-api';
export const PARAMETER = '/jwt-api/secret';

const FULL_NAME = `${REPOSITORY.owner}/${REPOSITORY.name}`;
const SHARED = { SecretParameter: PARAMETER };
const CODEPIPELINE = { ...SHARED, Repository: FULL_NAME, ClusterName: CLUSTER };
/** The parameters of github-oidc.yml. */
export const GITHUB_PARAMETERS = {
  ...SHARED,
  Owner: REPOSITORY.owner,
  OwnerId: `${REPOSITORY.ownerId}`,
  Repository: REPOSITORY.name,
  RepositoryId: `${REPOSITORY.id}`,
  ClusterName: CLUSTER,
};

/** An account with both pipelines in it, as docs/aws.md sets them up, a namespace in the cluster, and a repository. */
export class Delivery {
  readonly issuer: Issuer;
  readonly account: Account;
  readonly repository: GitRepository;
  readonly pipeline: Pipeline;
  /** The outputs of the stacks. */
  readonly outputs: Record<'shared' | 'pipeline' | 'github', Record<string, string>>;

  private constructor(parts: Pick<Delivery, 'issuer' | 'account' | 'repository' | 'pipeline' | 'outputs'>) {
    this.issuer = parts.issuer;
    this.account = parts.account;
    this.repository = parts.repository;
    this.pipeline = parts.pipeline;
    this.outputs = parts.outputs;
  }

  /** @param secret what signs the tokens */
  static async start(secret: string): Promise<Delivery> {
    const issuer = await Issuer.start();
    const account = await Account.start(issuer);
    await prepareNamespace();
    await account.putParameter(PARAMETER, secret);
    const outputs = {
      shared: await account.createStack('jwt-api-shared', 'shared', SHARED),
      pipeline: await account.createStack('jwt-api-pipeline', 'pipeline', CODEPIPELINE),
      github: await account.createStack('jwt-api-github', 'github-oidc', GITHUB_PARAMETERS),
    };
    const repository = await GitRepository.create(FULL_NAME);
    const pipeline = await Pipeline.of(account, 'jwt-api-pipeline');
    return new Delivery({ issuer, account, repository, pipeline, outputs });
  }

  async stop(): Promise<void> {
    this.repository.remove();
    this.issuer.stop();
    await this.account.stop();
    await kubectl('delete', 'namespace', NAMESPACE, '--wait=false');
  }

  /** A push that reaches the cluster by AWS CodePipeline. */
  byCodePipeline(commit: string, more: Partial<Push> = {}): Promise<Execution> {
    return this.pipeline.run({ repository: this.repository, commit, ...more });
  }

  /** The same push, by GitHub Actions. */
  async byGitHub(commit: string, more: Partial<WorkflowInput> = {}): Promise<WorkflowRun> {
    const folder = mkdtempSync(join(tmpdir(), 'github-'));
    const clone = join(folder, 'repository');
    await mustRun('git', ['clone', '--quiet', this.repository.folder, clone]);
    await mustRun('git', ['-C', clone, 'checkout', '--quiet', '-B', 'main', commit]);
    await mustRun('git', ['-C', clone, 'remote', 'set-url', 'origin', `https://github.com/${FULL_NAME}.git`]);
    const { PATH, AWS_ENDPOINT_URL } = this.account.environment();
    const run = await runWorkflow({
      folder: clone,
      workflow: 'deploy.yml',
      occasion: this.occasion(commit),
      variables: this.variables,
      issuer: this.issuer,
      ...more,
      env: {
        PATH,
        AWS_ENDPOINT_URL,
        AWS_MAX_ATTEMPTS: '1',
        DOCKER_CONFIG: join(folder, 'docker'),
        ...more.env,
      },
    });
    rmSync(folder, { recursive: true, force: true });
    return run;
  }

  /** A push of a commit to the branch. */
  occasion(commit: string) {
    return { repository: REPOSITORY, event: 'push', ref: 'refs/heads/main', commit };
  }

  /** The variables of the repository, as the stack's output `Next` sets them. */
  get variables(): Record<string, string> {
    const commands = `${this.outputs.github.Next}`.matchAll(
      /^gh variable set (\S+) --repo \S+ --body (\S+)$/gm,
    );
    return Object.fromEntries([...commands].map(([, name, value]) => [name, value]));
  }
}

/** What the cluster's administrator does once; and what EKS does with the access policy of an access entry. */
async function prepareNamespace(): Promise<void> {
  await kubectl('delete', 'namespace', NAMESPACE, '--ignore-not-found');
  await kubectl('apply', '-f', 'kubernetes/namespace.yaml', '-f', 'kubernetes/deployers.yaml');
  const policy = ['--clusterrole', 'edit', '--group', `eks:AmazonEKSEditPolicy:${NAMESPACE}`];
  await kubectl('create', 'rolebinding', 'eks-edit-policy', ...policy, '--namespace', NAMESPACE);
}

/** As the cluster's administrator. */
export function kubectl(...args: string[]): Promise<string> {
  return mustRun('kubectl', ['--kubeconfig', `${process.env.TEST_KUBECONFIG}`, ...args]);
}
