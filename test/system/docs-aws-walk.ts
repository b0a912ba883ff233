import { appendFileSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Account } from '../pipelines/account.js';
import { NAMESPACE } from '../pipelines/delivery.js';
import type { Command } from '../pipelines/guide.js';
import { Issuer } from '../pipelines/issuer.js';
import { Reader } from '../pipelines/reader.js';
import { Releases } from '../pipelines/releases.js';
import { GitRepository } from '../pipelines/repository.js';
import { GitHub } from '../pipelines/tools/github-account.js';
import { kubectl, pushedImage } from './cluster.js';

const PLACE = { region: 'eu-central-1', cluster: 'jwt-api' };

/** Somebody follows docs/aws.md in an empty account, and all around does its part: AWS, GitHub, and a click in the console. */
export class Walk {
  private constructor(
    private readonly issuer: Issuer,
    private readonly account: Account,
    private readonly repository: GitRepository,
    private readonly reader: Reader,
    private readonly releases: Releases,
  ) {}

  /** @param mode how the cluster lets people in, at first */
  static async start(mode: string): Promise<Walk> {
    await kubectl(['delete', 'namespace', NAMESPACE, '--ignore-not-found']);
    const issuer = await Issuer.start();
    const account = await Account.start(issuer, PLACE).catch((error: Error) => {
      issuer.stop();
      throw error;
    });
    await account.setAuthenticationMode(mode);
    const repository = await GitRepository.create('jwt-api/jwt-api');
    await repository.commit('what is released');
    appendFileSync(join(repository.folder, '.git/info/exclude'), 'node_modules\n');
    symlinkSync(resolve('node_modules'), join(repository.folder, 'node_modules'));
    const reader = await Reader.start(account, repository);
    return new Walk(
      issuer,
      account,
      repository,
      reader,
      new Releases(account, issuer, repository, pushedImage),
    );
  }

  /** Runs a command, with what others do at that point. */
  async follow(command: Command): Promise<void> {
    const { text } = command;
    if (/start-pipeline-execution/.test(text)) {
      await this.account.completeConnections();
    } else if (/^gh run watch/.test(text)) {
      await this.releases.byGitHub(new GitHub(this.reader.github));
    } else if (/^git revert/.test(text)) {
      this.repository.change('README.md', () => 'What is wrong all the same.\n');
      await this.repository.commit('a change that was no good');
    }
    await this.reader.run(command);
    if (/start-pipeline-execution/.test(text)) {
      await this.releases.byCodePipeline();
    } else if (/kubernetes\/namespace\.yaml/.test(text)) {
      // What EKS does with the access policy of an access entry.
      const policy = ['--clusterrole', 'edit', '--group', `eks:AmazonEKSEditPolicy:${NAMESPACE}`];
      await kubectl(['create', 'rolebinding', 'eks-edit-policy', ...policy, '--namespace', NAMESPACE]);
    }
  }

  /** What is still there of what the page makes. */
  async left(): Promise<string[]> {
    const lists = [
      ['cloudformation', 'list-stacks', "StackSummaries[?StackStatus!='DELETE_COMPLETE'].StackName"],
      ['iam', 'list-roles', 'Roles[].RoleName'],
      ['iam', 'list-open-id-connect-providers', 'OpenIDConnectProviderList[].Arn'],
      ['ecr', 'describe-repositories', 'repositories[].repositoryName'],
      ['ssm', 'describe-parameters', 'Parameters[].Name'],
      ['secretsmanager', 'list-secrets', 'SecretList[].Name'],
      ['s3api', 'list-buckets', 'Buckets[].Name'],
      ['codebuild', 'list-report-groups', 'reportGroups[]'],
    ];
    const found: string[] = [];
    for (const [service = '', list = '', query = ''] of lists) {
      const answer = await this.account.aws([service, list, '--query', query, '--output', 'json']);
      found.push(...((JSON.parse(answer) ?? []) as string[]));
    }
    return found;
  }

  async end(): Promise<void> {
    await this.reader.end();
    this.repository.remove();
    this.issuer.stop();
    await this.account.stop();
  }
}
