import { type Doc, planted } from './cloudformation.js';
import { rules } from './pipelines-rules.js';
import { resourcesOf } from './pipelines-stacks.js';

const pipeline = resourcesOf('pipeline, parameter');
const pipelineWithTopic = resourcesOf('pipeline, all options');
const github = resourcesOf('github, parameter');
const statement = (role: Doc, sid: string) =>
  role.Properties.Policies[0].PolicyDocument.Statement.find(({ Sid }: Doc) => Sid === sid);
const trust = (role: Doc) => role.Properties.AssumeRolePolicyDocument.Statement[0];
const claims = (role: Doc) => trust(role).Condition.StringEquals;
const ISSUER = 'token.actions.githubusercontent.com';

describe('a right too many', () => {
  it.each<[rule: string, fault: string, stack: Doc, change: (resources: Doc) => void]>([
    [
      'oneStar',
      'BuildRole.CanPushTheImage reaches *',
      github,
      (r) => (statement(r.BuildRole, 'CanPushTheImage').Resource = '*'),
    ],
    [
      'oneStar',
      'BuildRole.CanLogInToTheRegistry reaches *',
      github,
      (r) =>
        (statement(r.BuildRole, 'CanLogInToTheRegistry').Action = [
          'ecr:GetAuthorizationToken',
          'ecr:CreateRepository',
        ]),
    ],
    [
      'oneStar',
      'BuildRole.CanPushTheImage allows ecr:*',
      github,
      (r) => (statement(r.BuildRole, 'CanPushTheImage').Action = 'ecr:*'),
    ],
    [
      'oneStar',
      'PipelineRole.CanStartTheBuilds allows iam:PassRole',
      pipeline,
      (r) => statement(r.PipelineRole, 'CanStartTheBuilds').Action.push('iam:PassRole'),
    ],
    [
      'oneStar',
      'DeployRole.CanReadTheSecret reaches arn:aws:ssm:eu-central-1:123456789012:parameter/*',
      github,
      (r) =>
        (statement(r.DeployRole, 'CanReadTheSecret').Resource =
          'arn:aws:ssm:eu-central-1:123456789012:parameter/*'),
    ],
    [
      'named',
      'BuildRole has a policy or a statement named Push',
      github,
      (r) => (statement(r.BuildRole, 'CanPushTheImage').Sid = 'Push'),
    ],
    [
      'named',
      'DeployRole takes managed policies',
      github,
      (r) => (r.DeployRole.Properties.ManagedPolicyArns = ['arn:aws:iam::aws:policy/AdministratorAccess']),
    ],
    [
      'named',
      'Extra is an AWS::IAM::ManagedPolicy',
      github,
      (r) => (r.Extra = { Type: 'AWS::IAM::ManagedPolicy', Properties: {} }),
    ],
    [
      'resourcePolicies',
      'TopicPolicy does not name the account that may use it',
      pipelineWithTopic,
      (r) => delete r.TopicPolicy.Properties.PolicyDocument.Statement[0].Condition,
    ],
    [
      'resourcePolicies',
      'ArtifactBucketPolicy lets "*" in',
      pipeline,
      (r) => (r.ArtifactBucketPolicy.Properties.PolicyDocument.Statement[0].Effect = 'Allow'),
    ],
    [
      'serviceTrust',
      'PipelineRole does not name the account that may use it',
      pipeline,
      (r) => delete trust(r.PipelineRole).Condition,
    ],
    [
      'serviceTrust',
      'DeployRole does not name the project that may use it',
      pipeline,
      (r) => (trust(r.DeployRole).Condition.ArnEquals['aws:SourceArn'] += '2'),
    ],
    [
      'serviceTrust',
      'BuildRole is not for codebuild alone',
      pipeline,
      (r) => (trust(r.BuildRole).Principal.Service = ['codebuild.amazonaws.com', 'ec2.amazonaws.com']),
    ],
    [
      'exactTrust',
      'DeployRole does not ask for repository_id',
      github,
      (r) => delete claims(r.DeployRole)[`${ISSUER}:repository_id`],
    ],
    [
      'exactTrust',
      'DeployRole takes any repo:octo-org/*',
      github,
      (r) => (claims(r.DeployRole)[`${ISSUER}:sub`] = 'repo:octo-org/*'),
    ],
    [
      'exactTrust',
      'BuildRole compares by StringLike',
      github,
      (r) => (trust(r.BuildRole).Condition.StringLike = {}),
    ],
    [
      'exactTrust',
      'BuildRole is for pull requests',
      github,
      (r) => claims(r.BuildRole)[`${ISSUER}:sub`].push('repo:octo-org/jwt-api:pull_request'),
    ],
    [
      'exactTrust',
      'BuildRole has another audience',
      github,
      (r) => (claims(r.BuildRole)[`${ISSUER}:aud`] = 'https://github.com/octo-org'),
    ],
    [
      'oneNamespace',
      'DeployAccess is not for one namespace',
      github,
      (r) => (r.DeployAccess.Properties.AccessPolicies[0].AccessScope = { Type: 'cluster' }),
    ],
    [
      'oneNamespace',
      'DeployAccess is not for one namespace',
      github,
      (r) => (r.DeployAccess.Properties.AccessPolicies[0].AccessScope.Namespaces = ['*']),
    ],
    [
      'oneNamespace',
      'DeployAccess puts the role into system:masters',
      pipeline,
      (r) => r.DeployAccess.Properties.KubernetesGroups.push('system:masters'),
    ],
    [
      'oneNamespace',
      'DeployAccess lets <BuildRole.Arn> in',
      pipeline,
      (r) => (r.DeployAccess.Properties.PrincipalArn = '<BuildRole.Arn>'),
    ],
    [
      'checkedVariables',
      'Deploy takes any #{Build.IMAGE_DIGEST}',
      pipeline,
      (r) => delete r.Pipeline.Properties.Stages[2].BeforeEntry,
    ],
    [
      'checkedVariables',
      'Deploy takes any #{Build.IMAGE_DIGEST}',
      pipeline,
      (r) =>
        (r.Pipeline.Properties.Stages[2].BeforeEntry.Conditions[0].Rules[0].Configuration.Value =
          'sha256:.*'),
    ],
    [
      'rolesApart',
      'the projects share a role',
      pipeline,
      (r) => (r.BuildProject.Properties.ServiceRole = '<DeployRole.Arn>'),
    ],
    [
      'rolesApart',
      'BuildRole has eks:DescribeCluster',
      github,
      (r) => (statement(r.BuildRole, 'CanPushTheImage').Action = 'eks:DescribeCluster'),
    ],
    [
      'rolesApart',
      'DeployProject is privileged',
      pipeline,
      (r) => (r.DeployProject.Properties.Environment.PrivilegedMode = true),
    ],
    [
      'rolesApart',
      'BuildProject has JWT_SECRET in its environment',
      pipeline,
      (r) =>
        r.BuildProject.Properties.Environment.EnvironmentVariables.push({
          Name: 'JWT_SECRET',
          Type: 'PARAMETER_STORE',
          Value: '/jwt-api/secret',
        }),
    ],
  ])('should fail %s: %s', (rule, fault, stack, change) => {
    expect(rules[rule]?.(planted(stack, change))).toContain(fault);
  });
});
