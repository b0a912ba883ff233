import { readdirSync, readFileSync } from 'node:fs';
import { type Doc, planted, readTemplate, resolve } from './cloudformation.js';

/** The stack with the documents' own placeholders for parameters. */
function stack(secret: Record<string, string>): Doc {
  const template = readTemplate('github-oidc');
  return resolve(template, {
    ...{ 'AWS::AccountId': '{ACCOUNT}', 'AWS::Region': '{REGION}' },
    ...{
      Owner: '{OWNER}',
      OwnerId: '{OWNER_ID}',
      Repository: '{REPOSITORY}',
      RepositoryId: '{REPOSITORY_ID}',
    },
    ...{ ClusterName: '{CLUSTER}', ImageRepository: '{IMAGE_REPOSITORY}' },
    OidcProviderArn: 'arn:aws:iam::{ACCOUNT}:oidc-provider/token.actions.githubusercontent.com',
    ...secret,
  }).Resources;
}

const withParameter = stack({ SecretParameter: '{SECRET_PARAMETER}' });
const withSecret = stack({ SecretArn: '{SECRET_ARN}' });
const permissions = (role: Doc) => role.Properties.Policies[0].PolicyDocument;
const trust = (role: Doc) => role.Properties.AssumeRolePolicyDocument;

/** Each document, and what the stack says in its place. */
const documents: Record<string, Doc> = {
  'github-build-permissions.json': permissions(withParameter.BuildRole),
  'github-build-trust.json': trust(withParameter.BuildRole),
  'github-deploy-permissions-parameter.json': permissions(withParameter.DeployRole),
  'github-deploy-permissions-secret.json': permissions(withSecret.DeployRole),
  'github-deploy-trust.json': trust(withParameter.DeployRole),
};

describe('the roles as documents', () => {
  it('should be these', () => {
    expect(readdirSync('iam').sort()).toEqual(Object.keys(documents).sort());
  });

  it.each(Object.entries(documents))('should say what the stack says: %s', (name, document) => {
    const written = JSON.parse(readFileSync(`iam/${name}`, 'utf8'));
    expect(written).toEqual(document);
    const wider = planted(written, ({ Statement }) => (Statement[0].Action = '*'));
    expect(wider).not.toEqual(document);
  });
});
