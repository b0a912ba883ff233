import { type Doc, readTemplate, resolve } from './cloudformation.js';

const SECRET_ARN = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:jwt-api/signing-secret-a1B2c3';
const KEY_ARN = 'arn:aws:kms:eu-central-1:123456789012:key/01234567-89ab-cdef-0123-456789abcdef';
const CONNECTION_ARN =
  'arn:aws:codeconnections:eu-central-1:123456789012:connection/01234567-89ab-cdef-0123-456789abcdef';
const PROVIDER_ARN = 'arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com';
const CODEPIPELINE = { Repository: 'octo-org/jwt-api', ClusterName: 'apps' };
export const GITHUB = {
  Owner: 'octo-org',
  OwnerId: '123456',
  Repository: 'jwt-api',
  RepositoryId: '789012',
  ClusterName: 'apps',
};

/** Every choice of parameters that changes what a role may do. */
export const stacks: [name: string, template: string, parameters: Record<string, string>][] = [
  ['shared, secret made', 'shared', {}],
  ['pipeline, parameter', 'pipeline', { ...CODEPIPELINE, SecretParameter: '/jwt-api/secret' }],
  [
    'pipeline, all options',
    'pipeline',
    {
      ...CODEPIPELINE,
      SecretArn: SECRET_ARN,
      SecretKeyArn: KEY_ARN,
      ConnectionArn: CONNECTION_ARN,
      Approval: 'yes',
      NotificationEmail: 'ada@example.com',
    },
  ],
  ['github, parameter', 'github-oidc', { ...GITHUB, SecretParameter: '/jwt-api/secret' }],
  [
    'github, all options',
    'github-oidc',
    {
      ...GITHUB,
      SecretArn: SECRET_ARN,
      SecretKeyArn: KEY_ARN,
      OidcProviderArn: PROVIDER_ARN,
      AcceptOldSubject: 'yes',
    },
  ],
];

/** The resources of one of them. */
export function resourcesOf(stack: string): Doc {
  const [, template = '', parameters = {}] = stacks.find(([name]) => name === stack) ?? [];
  return resolve(readTemplate(template), parameters).Resources;
}
