import type { Account, Call } from '../pipelines/account.js';

/** What a role may do although no call of a run was seen that needs it, and why: an action, or that of one role. */
export const UNUSED: Record<string, string> = {
  ...Object.fromEntries(
    [
      'BatchCheckLayerAvailability',
      'BatchGetImage',
      'CompleteLayerUpload',
      'GetDownloadUrlForLayer',
      'InitiateLayerUpload',
      'PutImage',
      'UploadLayerPart',
    ].map((action) => [
      `ecr:${action}`,
      'docker pull and push need it of ECR; here they speak to another registry',
    ]),
  ),
  'codeconnections:UseConnection':
    'CodePipeline asks for it itself when it fetches the source; it is no call of an API',
  'codestar-connections:UseConnection': 'the same, under its old name',
  's3:GetObjectVersion': 'CodePipeline names the version of an archive where the bucket has versions',
  's3:GetBucketVersioning': 'CodePipeline asks for it before it writes an archive',
  'PipelineRole: s3:GetObject': 'CodePipeline reads the archive itself when it hands it on',
  's3:GetBucketAcl': 'the same, to see whose bucket it is',
  's3:GetBucketLocation': 'the same, to see in which region it is',
};

export interface Role {
  name: string;
  arn: string;
  actions: string[];
}

/** The roles of the account's stacks with what each may do, and the calls that were made. */
export async function rightsOf(account: Account): Promise<{ roles: Role[]; calls: Call[] }> {
  const { Roles } = JSON.parse(await account.aws(['iam', 'list-roles', '--output', 'json'])) as {
    Roles: { RoleName: string; Arn: string }[];
  };
  const roles = Roles.filter(({ RoleName }) => RoleName.startsWith('jwt-api-')).map(
    async ({ RoleName, Arn }) => ({
      name: RoleName.replace(/-[A-Z0-9]{12}$/, ''),
      arn: Arn,
      actions: await actionsOf(account, RoleName),
    }),
  );
  return { roles: await Promise.all(roles), calls: await account.calls() };
}

async function actionsOf(account: Account, role: string): Promise<string[]> {
  const names = await account.aws(['iam', 'list-role-policies', '--role-name', role, '--output', 'json']);
  const { PolicyNames } = JSON.parse(names) as { PolicyNames: string[] };
  const policies = PolicyNames.map(async (policy) => {
    const args = ['--role-name', role, '--policy-name', policy, '--output', 'json'];
    return JSON.parse(await account.aws(['iam', 'get-role-policy', ...args])) as Policy;
  });
  return (await Promise.all(policies)).flatMap(({ PolicyDocument }) =>
    PolicyDocument.Statement.flatMap(({ Action }) => Action),
  );
}

interface Policy {
  PolicyDocument: { Statement: { Action: string | string[] }[] };
}
