import { type Doc, ofType } from './cloudformation.js';
import { ACCOUNT, exactTrust, list, type Rule, roles, serviceTrust } from './pipelines-trust.js';

interface Statement {
  role: string;
  policy: string;
  statement: Doc;
}

export function statementsOf(resources: Doc): Statement[] {
  return roles(resources).flatMap(([role, { Policies }]) =>
    list(Policies).flatMap(({ PolicyName: policy, PolicyDocument }) =>
      list(PolicyDocument.Statement).map((statement) => ({ role, policy, statement })),
    ),
  );
}

export function actionsOf(resources: Doc, role: string): string[] {
  return statementsOf(resources).flatMap((found) =>
    found.role === role ? list(found.statement.Action) : [],
  );
}

/** The only `*` is the login to the registry; other resources are open at their end at most, below their own name. */
const oneStar: Rule = (resources) =>
  statementsOf(resources).flatMap(({ role, statement }) => {
    const at = `${role}.${statement.Sid}`;
    const star = list(statement.Resource).filter((resource) => /[*?]/.test(resource.replace(OPEN_END, '')));
    const isLogin = statement.Resource === '*' && statement.Action === 'ecr:GetAuthorizationToken';
    return [
      ...(statement.Effect === 'Allow' ? [] : [`${at} does not allow, and denies are for resources`]),
      ...('NotAction' in statement || 'NotResource' in statement ? [`${at} says what it is not about`] : []),
      ...list(statement.Action)
        .filter((action) => /[*?]/.test(action) || /^(iam|sts):/.test(action))
        .map((action) => `${at} allows ${action}`),
      ...(isLogin ? [] : star.map((resource) => `${at} reaches ${resource}`)),
      ...(list(statement.Resource).length > 0 ? [] : [`${at} names no resource`]),
    ];
  });
const OPEN_END = /^(arn:aws:s3:::[^*?/]+\/\*|arn:aws:logs:[^*?]+:log-stream:\*)$/;

/** A statement's name says what it allows, and so does its policy's; nothing else gives rights. */
const named: Rule = (resources) => [
  ...statementsOf(resources).flatMap(({ role, policy, statement }) =>
    [policy, String(statement.Sid)]
      .filter((name) => !/^Can[A-Z][A-Za-z]+$/.test(name))
      .map((name) => `${role} has a policy or a statement named ${name}`),
  ),
  ...roles(resources)
    .filter(([, { ManagedPolicyArns }]) => ManagedPolicyArns)
    .map(([role]) => `${role} takes managed policies`),
  ...Object.entries<Doc>(resources)
    .filter(([, { Type }]) => /^AWS::IAM::(?!Role$|OIDCProvider$)/.test(Type))
    .map(([name, { Type }]) => `${name} is an ${Type}`),
];

/** What a resource's own policy allows, it allows to a service that works for this account. */
const resourcePolicies: Rule = (resources) =>
  Object.entries<Doc>(resources).flatMap(([name, { Properties }]) =>
    list(Properties.PolicyDocument?.Statement)
      .filter(({ Effect }) => Effect !== 'Deny')
      .flatMap(({ Principal, Resource, Condition }) => [
        ...(Principal?.Service ? [] : [`${name} lets ${JSON.stringify(Principal)} in`]),
        ...(list(Resource).some((resource) => /[*]/.test(resource)) ? [`${name} opens ${Resource}`] : []),
        ...(Condition?.StringEquals?.['aws:SourceAccount'] === ACCOUNT
          ? []
          : [`${name} does not name the account that may use it`]),
      ]),
  );

/** In the cluster: the deploy role alone, one namespace, the edit policy and our group. */
const oneNamespace: Rule = (resources) =>
  ofType(resources, 'AWS::EKS::AccessEntry').flatMap(([name, entry]) => [
    ...(entry.PrincipalArn === '<DeployRole.Arn>' ? [] : [`${name} lets ${entry.PrincipalArn} in`]),
    ...(entry.Type === 'STANDARD' && !entry.Username ? [] : [`${name} is of another kind`]),
    ...list(entry.KubernetesGroups)
      .filter((group) => group !== 'jwt-api-deployers')
      .map((group) => `${name} puts the role into ${group}`),
    ...list(entry.AccessPolicies).flatMap(({ PolicyArn, AccessScope }) => [
      ...(PolicyArn === EDIT ? [] : [`${name} gives ${PolicyArn}`]),
      ...(AccessScope.Type === 'namespace' && /^[a-z0-9-]+$/.test(list(AccessScope.Namespaces).join())
        ? []
        : [`${name} is not for one namespace`]),
    ]),
  ]);
const EDIT = 'arn:aws:eks::aws:cluster-access-policy/AmazonEKSEditPolicy';

/** What may push cannot release, and what may release cannot push; only the build is privileged. */
const rolesApart: Rule = (resources) => {
  const projects = ofType(resources, 'AWS::CodeBuild::Project');
  const shared = projects.length > new Set(projects.map(([, { ServiceRole }]) => ServiceRole)).size;
  const has = (role: string, services: RegExp) =>
    actionsOf(resources, role)
      .filter((action) => services.test(action))
      .map((action) => `${role} has ${action}`);
  return [
    ...(shared ? ['the projects share a role'] : []),
    ...has('BuildRole', /^(eks|ssm|secretsmanager|kms):/),
    ...has('DeployRole', /^(ecr|codebuild):|^s3:Put/),
    ...has('PipelineRole', /^(eks|ssm|secretsmanager|kms|ecr):/),
    ...projects.flatMap(([name, { Environment }]) => [
      ...(Environment.PrivilegedMode && name !== 'BuildProject' ? [`${name} is privileged`] : []),
      ...list(Environment.EnvironmentVariables)
        .filter((variable) => /SECRET|PASSWORD|TOKEN/.test(variable.Name))
        .filter(
          (variable) =>
            name !== 'DeployProject' || !['PARAMETER_STORE', 'SECRETS_MANAGER'].includes(variable.Type),
        )
        .map((variable) => `${name} has ${variable.Name} in its environment`),
    ]),
  ];
};

/** What one stage tells another is looked at before it goes, unescaped, into a configuration. */
const checkedVariables: Rule = (resources) =>
  ofType(resources, 'AWS::CodePipeline::Pipeline').flatMap(([, { Stages }]) =>
    (Stages as Doc[]).flatMap(({ Name, Actions, BeforeEntry }) => {
      const checked = list(BeforeEntry?.Conditions)
        .filter(({ Result }) => Result === 'FAIL')
        .flatMap(({ Rules }) => Rules)
        .map(({ Configuration }) => Configuration)
        .filter(({ Operator, Value }) => Operator === 'MATCHES' && /^\^[\w:[\]{}-]+\$$/.test(Value))
        .map(({ Variable }) => Variable);
      const used = JSON.stringify(Actions).match(/#\{Build\.\w+\}/g) ?? [];
      return used
        .filter((variable) => !checked.includes(variable))
        .map((variable) => `${Name} takes any ${variable}`);
    }),
  );

export const rules: Record<string, Rule> = {
  oneStar,
  named,
  resourcePolicies,
  serviceTrust,
  exactTrust,
  oneNamespace,
  rolesApart,
  checkedVariables,
};
