import { type Doc, readTemplate, resolve } from '../cloudformation.js';
import { Account, CLUSTER } from '../pipelines/account.js';
import { GITHUB_PARAMETERS, PARAMETER } from '../pipelines/delivery.js';
import { Issuer } from '../pipelines/issuer.js';
import { describeWith } from '../requirements.js';

const CODEPIPELINE = { Repository: 'octo-org/jwt-api', ClusterName: CLUSTER };
const CONNECTION =
  'arn:aws:codeconnections:eu-west-1:123456789012:connection/01234567-89ab-cdef-0123-456789abcdef';

describeWith(['cluster', 'ecr', 'python', 'tokenReview'], 'the stacks, made of the templates', () => {
  let issuer: Issuer;
  let account: Account;
  /** The secret that Secrets Manager has generated. */
  let secretArn: string;

  beforeAll(async () => {
    issuer = await Issuer.start();
    account = await Account.start(issuer);
    const shared = await account.createStack('jwt-api-shared', 'shared');
    secretArn = `${shared.SecretArn}`;
  });
  afterAll(async () => {
    await account?.stop();
    issuer?.stop();
  });

  /** The resources of a stack, by their logical names: what kind each is of, and what CloudFormation calls it. */
  async function made(stack: string): Promise<Record<string, { type: string; id: string }>> {
    const args = ['cloudformation', 'describe-stack-resources', '--stack-name', stack, '--output', 'json'];
    const { StackResources } = JSON.parse(await account.aws(args)) as { StackResources: StackResource[] };
    expect(StackResources.filter(({ ResourceStatus }) => ResourceStatus !== 'CREATE_COMPLETE')).toEqual([]);
    return Object.fromEntries(
      StackResources.map((resource) => [
        resource.LogicalResourceId,
        { type: resource.ResourceType, id: resource.PhysicalResourceId },
      ]),
    );
  }

  it.each<[choice: string, template: string, parameters: () => Record<string, string>]>([
    [
      'a secret of the parameter store',
      'shared',
      () => ({ RepositoryName: 'other', SecretParameter: PARAMETER }),
    ],
    ['CodePipeline, as it comes', 'pipeline', () => ({ ...CODEPIPELINE, SecretParameter: PARAMETER })],
    [
      'CodePipeline, with all that it can have',
      'pipeline',
      () => ({
        ...CODEPIPELINE,
        SecretArn: secretArn,
        Approval: 'yes',
        NotificationEmail: 'ada@example.com',
      }),
    ],
    [
      'CodePipeline, with as little as it can have',
      'pipeline',
      () => ({ ...CODEPIPELINE, SecretParameter: PARAMETER, ConnectionArn: CONNECTION, AccessEntry: 'no' }),
    ],
    ['GitHub Actions, as it comes', 'github-oidc', () => GITHUB_PARAMETERS],
    [
      'GitHub Actions, where the account knows GitHub',
      'github-oidc',
      () => ({
        ...GITHUB_PARAMETERS,
        SecretParameter: '',
        SecretArn: secretArn,
        OidcProviderArn: `arn:aws:iam::${account.id}:oidc-provider/token.actions.githubusercontent.com`,
        AcceptOldSubject: 'yes',
        AccessEntry: 'no',
      }),
    ],
  ])('should have every resource of %s', async (choice, template, parameters) => {
    const stack = choice.replaceAll(/[^A-Za-z]+/g, '-');
    const outputs = await account.createStack(stack, template, parameters());
    const expected = resolve(readTemplate(template), parameters());
    const resources = await made(stack);
    expect(Object.fromEntries(Object.entries(resources).map(([name, { type }]) => [name, type]))).toEqual(
      Object.fromEntries(Object.entries<Doc>(expected.Resources).map(([name, { Type }]) => [name, Type])),
    );
    expect(Object.keys(outputs).sort()).toEqual(Object.keys(expected.Outputs).sort());
    // Nothing of a function is left in what was made.
    expect(JSON.stringify([outputs, Object.values(resources)])).not.toMatch(/\$\{|Fn::|"Ref"|<\w+(\.\w+)?>/);
  });

  it('should generate a secret that the service takes', async () => {
    const args = ['secretsmanager', 'get-secret-value', '--secret-id', secretArn, '--query', 'SecretString'];
    expect(JSON.parse(await account.aws([...args, '--output', 'json']))).toMatch(/^[A-Za-z0-9]{64}$/);
  });

  it.each<[fault: string, template: string, parameters: Record<string, string>, said: string]>([
    ['no secret', 'pipeline', CODEPIPELINE, 'Set SecretParameter or SecretArn'],
    [
      'two secrets',
      'github-oidc',
      { ...GITHUB_PARAMETERS, SecretArn: 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:a-a1B2c3' },
      'Set only one of SecretParameter and SecretArn',
    ],
    [
      'a URL for a repository',
      'pipeline',
      { ...CODEPIPELINE, SecretParameter: PARAMETER, Repository: 'https://github.com/octo-org/jwt-api' },
      'must be OWNER/NAME, such as octo-org/jwt-api, without https:// and .git',
    ],
    [
      'a branch with a wildcard',
      'github-oidc',
      { ...GITHUB_PARAMETERS, Branch: '*' },
      'must be the plain name of one branch',
    ],
    ['too few images', 'shared', { ImagesKept: '1' }, 'must be 10 to 1000'],
  ])('should refuse %s in words that a person understands', async (_, template, parameters, said) => {
    await expect(account.createStack('refused', template, parameters)).rejects.toThrow(said);
  });
});

interface StackResource {
  LogicalResourceId: string;
  PhysicalResourceId: string;
  ResourceType: string;
  ResourceStatus: string;
}
