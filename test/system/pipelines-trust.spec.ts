import { generateKeyPairSync } from 'node:crypto';
import { Account, CLUSTER } from '../pipelines/account.js';
import { GITHUB_PARAMETERS, REPOSITORY } from '../pipelines/delivery.js';
import { claimsOf, Issuer, type Occasion } from '../pipelines/issuer.js';
import { describeWith } from '../requirements.js';

const DENIED = 'Not authorized to perform sts:AssumeRoleWithWebIdentity';
const BUILD: Occasion = {
  repository: REPOSITORY,
  event: 'push',
  ref: 'refs/heads/main',
  commit: 'c0ffee',
  workflow: 'deploy.yml',
};
const RELEASE: Occasion = { ...BUILD, environment: 'production' };
const old = (occasion: Occasion) => ({ ...occasion, repository: { ...REPOSITORY, hasOldSubject: true } });
const PULL_REQUEST = { ...BUILD, event: 'pull_request', ref: 'refs/pull/7/merge' };
const FORK = { ...REPOSITORY, owner: 'mallory', ownerId: 666, id: 777 };
/** Made after the first was deleted, or by who has taken over the name. */
const NAMESAKE = { ...REPOSITORY, ownerId: 666, id: 777 };

describeWith(['cluster', 'ecr', 'python', 'tokenReview'], 'who gets a role by a token of GitHub', () => {
  let issuer: Issuer;
  let account: Account;
  let roles: Record<'build' | 'deploy' | 'oldBuild' | 'oldDeploy', string>;

  beforeAll(async () => {
    issuer = await Issuer.start();
    account = await Account.start(issuer);
    const parameters = { ...GITHUB_PARAMETERS, ClusterName: CLUSTER, AccessEntry: 'no' };
    const stack = await account.createStack('exact', 'github-oidc', parameters);
    const OidcProviderArn = `${stack.OidcProviderArn}`;
    const old = { ...parameters, OidcProviderArn, AcceptOldSubject: 'yes' };
    const oldStack = await account.createStack('old', 'github-oidc', old);
    roles = {
      build: `${stack.BuildRoleArn}`,
      deploy: `${stack.DeployRoleArn}`,
      oldBuild: `${oldStack.BuildRoleArn}`,
      oldDeploy: `${oldStack.DeployRoleArn}`,
    };
  });
  afterAll(async () => {
    await account?.stop();
    issuer?.stop();
  });

  /** What AWS says to a token; nothing if it lends the role. */
  async function refusal(role: keyof typeof roles, token: string): Promise<string> {
    const session = ['--role-session-name', 'a-job', '--web-identity-token', token];
    return account.refused(['sts', 'assume-role-with-web-identity', '--role-arn', roles[role], ...session]);
  }
  const tokenOf = (occasion: Occasion, claims = {}) =>
    issuer.sign({ ...claimsOf(occasion), aud: 'sts.amazonaws.com', ...claims });

  it.each<[string, keyof typeof roles, Occasion]>([
    ['the build role to a job on main', 'build', BUILD],
    ['the deploy role to a job on main in production', 'deploy', RELEASE],
    ['a role to an old repository, where that is chosen', 'oldBuild', old(BUILD)],
    ['a role to an old repository in production, where that is chosen', 'oldDeploy', old(RELEASE)],
    ['a role to a new subject, where the old one is accepted too', 'oldDeploy', RELEASE],
  ])('should lend %s', async (_, role, occasion) => {
    await expect(refusal(role, tokenOf(occasion))).resolves.toBe('');
  });

  it.each<[string, keyof typeof roles, Occasion]>([
    ['a fork', 'build', { ...BUILD, repository: FORK }],
    ['another branch', 'build', { ...BUILD, ref: 'refs/heads/topic' }],
    ['another branch in production', 'deploy', { ...RELEASE, ref: 'refs/heads/topic' }],
    ['a tag of the name', 'build', { ...BUILD, ref: 'refs/tags/main' }],
    ['a pull request', 'build', PULL_REQUEST],
    ['a pull request in production', 'deploy', { ...PULL_REQUEST, environment: 'production' }],
    ['another environment', 'deploy', { ...RELEASE, environment: 'staging' }],
    ['no environment', 'deploy', BUILD],
    ['the release job, for the build role', 'build', RELEASE],
    ['the old subject', 'build', old(BUILD)],
    ['the old subject in production', 'deploy', old(RELEASE)],
    ['another repository of the same name', 'build', { ...BUILD, repository: NAMESAKE }],
    [
      'another repository of the same name, by the old subject',
      'oldBuild',
      { ...BUILD, repository: { ...NAMESAKE, hasOldSubject: true } },
    ],
    [
      'another repository of the same name in production, by the old subject',
      'oldDeploy',
      { ...RELEASE, repository: { ...NAMESAKE, hasOldSubject: true } },
    ],
    [
      'a repository whose name has other letters',
      'build',
      { ...BUILD, repository: { ...REPOSITORY, name: 'JWT-API' } },
    ],
  ])('should refuse %s', async (_, role, occasion) => {
    await expect(refusal(role, tokenOf(occasion))).resolves.toContain(DENIED);
  });

  it('should refuse a token for another audience, of another key, of another issuer, or that has expired', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const claims = { ...claimsOf(BUILD), aud: 'sts.amazonaws.com' };
    const tokens = {
      audience: tokenOf(BUILD, { aud: 'https://github.com/octo-org' }),
      key: issuer.sign(claims, { key: privateKey }),
      issuer: issuer.sign(claims, { issuer: 'https://token.example.com' }),
      expired: issuer.sign(claims, { expiresIn: -60 }),
    };
    const answers = Object.entries(tokens).map(async ([name, token]) => [
      name,
      await refusal('build', token),
    ]);
    expect(Object.fromEntries(await Promise.all(answers))).toEqual({
      audience: expect.stringContaining('InvalidIdentityToken'),
      key: expect.stringContaining('InvalidIdentityToken'),
      issuer: expect.stringContaining('InvalidIdentityToken'),
      expired: expect.stringContaining('ExpiredToken'),
    });
  });

  it('should lend a role of the other pipeline to no service but its own project', async () => {
    const { BuildRole = '' } = await pipelineRoles();
    const project = `arn:aws:codebuild:${account.region}:${account.id}:project/jwt-api-pipeline-build`;
    await expect(account.serviceRole('codebuild', BuildRole, project)).resolves.toBeDefined();
    for (const [service, arn] of [
      ['codebuild', project.replace('-build', '-other')],
      ['codebuild', project.replace(account.id, '999999999999')],
      ['lambda', project],
    ] as const) {
      await expect(account.serviceRole(service, BuildRole, arn)).rejects.toThrow(/not authorized/i);
    }
  });

  /** The roles of CodePipeline's stack, by what they are called in its template. */
  async function pipelineRoles(): Promise<Record<string, string>> {
    const parameters = {
      Repository: 'octo-org/jwt-api',
      ClusterName: CLUSTER,
      SecretParameter: '/jwt-api/secret',
    };
    await account.createStack('jwt-api-pipeline', 'pipeline', { ...parameters, AccessEntry: 'no' });
    const args = ['cloudformation', 'describe-stack-resources', '--stack-name', 'jwt-api-pipeline'];
    const { StackResources } = JSON.parse(await account.aws([...args, '--output', 'json'])) as {
      StackResources: { LogicalResourceId: string; PhysicalResourceId: string }[];
    };
    const arns = StackResources.map(({ LogicalResourceId, PhysicalResourceId }) => [
      LogicalResourceId,
      `arn:aws:iam::${account.id}:role/${PhysicalResourceId}`,
    ]);
    return Object.fromEntries(arns);
  }
});
