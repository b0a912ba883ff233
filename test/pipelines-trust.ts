import { type Doc, ofType } from './cloudformation.js';

/** What is wrong with a stack, each fault by the name of what is at fault; nothing for a good one. */
export type Rule = (resources: Doc) => string[];

export const ACCOUNT = '123456789012';
export const list = (value: Doc): Doc[] => (value === undefined ? [] : [value].flat());
export const roles = (resources: Doc) => ofType(resources, 'AWS::IAM::Role');

/** An AWS service takes a role only for this account, and CodeBuild only for the one project that has the role. */
export const serviceTrust: Rule = (resources) =>
  roles(resources).flatMap(([role, { AssumeRolePolicyDocument: trust }]) =>
    list(trust.Statement)
      .filter(({ Principal }) => !Principal?.Federated)
      .flatMap(({ Principal, Condition }) => {
        const [project] = ofType(resources, 'AWS::CodeBuild::Project').filter(
          ([, { ServiceRole }]) => ServiceRole === `<${role}.Arn>`,
        );
        const arn = `arn:aws:codebuild:eu-central-1:${ACCOUNT}:project/${project?.[1].Name}`;
        const service = project ? 'codebuild' : 'codepipeline';
        return [
          ...(Principal?.Service === `${service}.amazonaws.com`
            ? []
            : [`${role} is not for ${service} alone`]),
          ...(Condition?.StringEquals?.['aws:SourceAccount'] === ACCOUNT
            ? []
            : [`${role} does not name the account that may use it`]),
          ...(!project || Condition?.ArnEquals?.['aws:SourceArn'] === arn
            ? []
            : [`${role} does not name the project that may use it`]),
        ];
      }),
  );

/** GitHub's jobs: nothing but exact values, and these keys. */
export const exactTrust: Rule = (resources) =>
  roles(resources).flatMap(([role, { AssumeRolePolicyDocument: trust }]) =>
    list(trust.Statement)
      .filter(({ Principal }) => Principal?.Federated)
      .flatMap(({ Effect, Principal, Action, Condition }) => {
        const claims = Object.keys(Condition?.StringEquals ?? {}).map((key) => key.replace(ISSUER, ''));
        const values = Object.values<Doc>(Condition?.StringEquals ?? {}).flat();
        const required = ['aud', 'sub', 'repository_id', 'repository_owner_id', 'ref'];
        const operators = Object.keys(Condition ?? {}).filter((operator) => operator !== 'StringEquals');
        return [
          ...required
            .filter((claim) => !claims.includes(claim))
            .map((claim) => `${role} does not ask for ${claim}`),
          ...operators.map((operator) => `${role} compares by ${operator}`),
          ...values
            .filter((value) => !value || /[*?\s]|\$\{/.test(value))
            .map((value) => `${role} takes any ${value}`),
          ...(values.some((value) => value.includes(':pull_request'))
            ? [`${role} is for pull requests`]
            : []),
          ...(Condition?.StringEquals?.[`${ISSUER}aud`] === 'sts.amazonaws.com'
            ? []
            : [`${role} has another audience`]),
          ...(Effect === 'Allow' && Action === 'sts:AssumeRoleWithWebIdentity' && !Principal.AWS
            ? []
            : [`${role} is not for a web identity alone`]),
        ];
      }),
  );
const ISSUER = 'token.actions.githubusercontent.com:';
