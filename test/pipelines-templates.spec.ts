import { type Doc, planted, readTemplate } from './cloudformation.js';

const NAMES = ['shared', 'pipeline', 'github-oidc'];

/** A parameter without a label, a description, a bound, or words for who went past the bound. */
function unexplained({ Metadata, Parameters }: Doc): string[] {
  const { ParameterGroups, ParameterLabels } = Metadata['AWS::CloudFormation::Interface'];
  const grouped = ParameterGroups.flatMap((group: Doc) => group.Parameters);
  return Object.entries<Doc>(Parameters).flatMap(([name, parameter]) => {
    const has = {
      'a group': grouped.includes(name),
      'a label': ParameterLabels[name]?.default,
      'a description': parameter.Description,
      'a bound': parameter.AllowedPattern ?? parameter.AllowedValues ?? parameter.MinValue,
      'an error': /^must be /.test(parameter.ConstraintDescription),
    };
    const isOptional = parameter.Default === '';
    const saysSo = /Optional|Empty|empty/.test(parameter.Description ?? '');
    const missing = Object.entries(has).filter(([, there]) => !there);
    return [
      ...missing.map(([what]) => `${name} has not ${what}`),
      ...(isOptional && !saysSo ? [`${name} does not say that it may be empty`] : []),
    ];
  });
}

/** What outlives its stack, and what does not, both said. */
const KEPT = [
  'AWS::ECR::Repository',
  'AWS::SecretsManager::Secret',
  'AWS::S3::Bucket',
  'AWS::S3::BucketPolicy',
  'AWS::IAM::OIDCProvider',
];
function lost({ Resources }: Doc): string[] {
  return Object.entries<Doc>(Resources)
    .filter(([, { Type }]) => KEPT.includes(Type))
    .filter(
      ([, kept]) => kept.DeletionPolicy !== 'RetainExceptOnCreate' || kept.UpdateReplacePolicy !== 'Retain',
    )
    .map(([name]) => `${name} is lost with its stack`);
}

/** A parameter that would let in more than the one thing it names. */
function wide({ Parameters }: Doc): string[] {
  const wild = [
    '*',
    'octo-org/*',
    'main*',
    '/jwt-api/*',
    'arn:aws:secretsmanager:eu-west-1:123456789012:secret:*',
  ];
  return Object.entries<Doc>(Parameters)
    .filter(([, { AllowedPattern }]) => AllowedPattern)
    .flatMap(([name, { AllowedPattern }]) =>
      wild
        .filter((value) => new RegExp(`^(${AllowedPattern})$`).test(value))
        .map((value) => `${name} takes ${value}`),
    );
}

describe('the templates', () => {
  it.each(NAMES)('should explain each parameter: %s', (name) => {
    expect(unexplained(readTemplate(name))).toEqual([]);
  });

  it.each(NAMES)('should keep what would be lost with the stack: %s', (name) => {
    expect(lost(readTemplate(name))).toEqual([]);
  });

  it.each(NAMES)('should say what to do next, and describe each output: %s', (name) => {
    const { Outputs } = readTemplate(name);
    expect(Outputs).toHaveProperty('Next');
    expect(Object.values<Doc>(Outputs).filter(({ Description }) => !Description)).toEqual([]);
  });

  it.each(NAMES)('should take nothing wider than one name: %s', (name) => {
    expect(wide(readTemplate(name))).toEqual([]);
  });

  it.each<[fault: string, change: (template: Doc) => void]>([
    ['Branch has not a bound', ({ Parameters }) => delete Parameters.Branch.AllowedPattern],
    ['Branch has not an error', ({ Parameters }) => delete Parameters.Branch.ConstraintDescription],
    ['Branch has not a description', ({ Parameters }) => delete Parameters.Branch.Description],
    [
      'LogDays has not a group',
      ({ Metadata }) => Metadata['AWS::CloudFormation::Interface'].ParameterGroups.pop(),
    ],
    [
      'ConnectionArn does not say that it may be empty',
      ({ Parameters }) => (Parameters.ConnectionArn.Description = 'A connection'),
    ],
  ])('should not pass: %s', (fault, change) => {
    expect(unexplained(planted(readTemplate('pipeline'), change))).toContain(fault);
  });

  it('should not pass: Branch takes main*', () => {
    const template = planted(
      readTemplate('pipeline'),
      ({ Parameters }) => (Parameters.Branch.AllowedPattern = '[a-z*]+'),
    );
    expect(wide(template)).toContain('Branch takes main*');
  });

  it('should not pass: Secret is lost with its stack', () => {
    const template = planted(
      readTemplate('shared'),
      ({ Resources }) => delete Resources.Secret.DeletionPolicy,
    );
    expect(lost(template)).toEqual(['Secret is lost with its stack']);
  });
});
