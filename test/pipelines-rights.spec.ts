import { type Doc, readTemplate, resolve } from './cloudformation.js';
import { actionsOf, rules } from './pipelines-rules.js';
import { GITHUB, resourcesOf, stacks } from './pipelines-stacks.js';

const pipeline = resourcesOf('pipeline, parameter');
const github = resourcesOf('github, parameter');
const ISSUER = 'token.actions.githubusercontent.com';
const claims = (role: Doc) => role.Properties.AssumeRolePolicyDocument.Statement[0].Condition.StringEquals;

describe('the rights that the stacks give', () => {
  describe.each(stacks.map(([name]) => name))('%s', (stack) => {
    it.each(Object.keys(rules))('should pass %s', (rule) => {
      expect(rules[rule]?.(resourcesOf(stack))).toEqual([]);
    });
  });

  it('should allow no more than this', () => {
    expect(actionsOf(github, 'DeployRole')).toEqual(['eks:DescribeCluster', 'ssm:GetParameter']);
    expect(actionsOf(github, 'BuildRole').filter((action) => !action.startsWith('ecr:'))).toEqual([]);
    expect(actionsOf(github, 'BuildRole')).toEqual(
      actionsOf(pipeline, 'BuildRole').filter((action) => action.startsWith('ecr:')),
    );
  });

  it.each([
    ['no', ['repo:octo-org@123456/jwt-api@789012:environment:production']],
    [
      'yes',
      [
        'repo:octo-org@123456/jwt-api@789012:environment:production',
        'repo:octo-org/jwt-api:environment:production',
      ],
    ],
  ])('should take these subjects with AcceptOldSubject=%s', (AcceptOldSubject, subjects) => {
    const { Resources } = resolve(readTemplate('github-oidc'), { ...GITHUB, AcceptOldSubject });
    expect(claims(Resources.DeployRole)).toEqual({
      [`${ISSUER}:aud`]: 'sts.amazonaws.com',
      [`${ISSUER}:sub`]: subjects,
      [`${ISSUER}:repository_id`]: '789012',
      [`${ISSUER}:repository_owner_id`]: '123456',
      [`${ISSUER}:ref`]: 'refs/heads/main',
      [`${ISSUER}:environment`]: 'production',
    });
    expect(claims(Resources.BuildRole)[`${ISSUER}:sub`]).toEqual(
      subjects.map((subject) => subject.replace('environment:production', 'ref:refs/heads/main')),
    );
  });
});
