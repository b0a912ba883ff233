import { jest } from '@jest/globals';
import * as aws from './aws-checks.ts';
import { type Check, lookAt } from './checks.ts';
import { customResources, rights } from './cluster-checks.ts';
import { doctor } from './doctor.command.ts';
import { Failure } from './failure.ts';
import { type Recorded, RecordedTools } from './recorded-tools.ts';

const FORBIDDEN = {
  failed:
    'Error from server (Forbidden): namespaces "apps" is forbidden: User "a" cannot get resource "namespaces" in API group "" in the namespace "apps"\n',
};
const NO = { failed: 'no\n' };

describe('lookAt', () => {
  const fine: Check = { title: 'one', look: async () => 'fine' };
  const faulty: Check = { title: 'two', look: () => Promise.reject(new Failure('bad', { hint: 'mend it' })) };
  let written: string[];

  beforeEach(() => {
    written = [];
    jest.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(`${text}`) > 0);
  });
  afterEach(() => jest.restoreAllMocks());

  it('should write a line each, and what mends a fault', async () => {
    const { session } = new RecordedTools();
    expect(await lookAt(session, [fine, faulty, { ...fine, title: 'three' }])).toEqual(['two']);
    expect(written.join('')).toBe('✔ one: fine\n✘ two: bad\n    mend it\n✔ three: fine\n');
    expect(session.result).toEqual({ faults: ['two'] });
  });

  it('should not look at what needs a fault, nor at what needs that', async () => {
    const look = jest.fn(async () => '');
    await lookAt(new RecordedTools().session, [
      faulty,
      { title: 'three', look, needs: ['two'] },
      { title: 'four', look, needs: ['three'] },
      { ...fine, needs: ['zero'] },
    ]);
    expect(look).not.toHaveBeenCalled();
    expect(written.slice(-3)).toEqual([
      '– three: not looked at without: two\n',
      '– four: not looked at without: three\n',
      '✔ one: fine\n',
    ]);
  });

  it('should not take a defect of its own for a fault', async () => {
    const defect = { title: 'a', look: () => Promise.reject(new TypeError('defect')) };
    await expect(lookAt(new RecordedTools().session, [defect])).rejects.toThrow('defect');
  });
});

type Look = () => Promise<string>;

/** What a look says, or the failure and what mends it. */
async function outcome(look: Look): Promise<string> {
  return await look().catch(({ message, hint }: Failure) => `${message}\n${hint}`);
}

describe('AWS', () => {
  const eks =
    (accessConfig: object | undefined, status = 'ACTIVE') =>
    () =>
      aws.eks(new RecordedTools([/describe-cluster/, JSON.stringify({ status, accessConfig })]).tools, 'c');

  it.each<[Look, RegExp]>([
    [
      () => aws.credentials(new RecordedTools([/sts/, 'arn:aws:iam::1:user/a\n']).tools),
      /^arn:aws:iam::1:user\/a$/,
    ],
    [
      () =>
        aws.credentials(
          new RecordedTools([
            /sts/,
            {
              failed: 'Unable to locate credentials. You can configure credentials by running "aws login".\n',
            },
          ]).tools,
        ),
      /Unable to locate.*\naws configure sso/,
    ],
    [eks({ authenticationMode: 'API' }), /^ACTIVE, authentication mode API$/],
    [eks({ authenticationMode: 'API_AND_CONFIG_MAP' }), /^ACTIVE/],
    [eks({ authenticationMode: 'CONFIG_MAP' }), /^ACTIVE; .* no access entries: docs\/aws\.md tells/],
    [eks({}, 'CREATING'), /^it is CREATING\naws eks wait cluster-active --name c$/],
    [eks(undefined), /not told$/],
    [
      () =>
        aws.eks(
          new RecordedTools([
            /eks/,
            {
              failed:
                'An error occurred (ResourceNotFoundException) when calling the DescribeCluster operation: No cluster found for name: c.\n',
            },
          ]).tools,
          'c',
        ),
      /cannot be found.*\neksctl create cluster/,
    ],
  ])('should be told of %#', async (look, expected) => expect(await outcome(look)).toMatch(expected));

  const repository = { host: 'h', account: '1', region: 'r', name: 'a' };
  const ecr = (answer: Recorded) => () =>
    aws.repository(
      new RecordedTools([/describe-repositories/, answer], [/get-login-password/, 'p'], [/login/, '']).tools,
      repository,
    );

  it.each<[Look, RegExp]>([
    [ecr('{}'), /logged in to h/],
    [
      ecr({
        failed: 'An error occurred (AccessDeniedException) when calling the DescribeRepositories operation\n',
      }),
      /logged in to h/,
    ],
    [
      ecr({
        failed:
          "An error occurred (RepositoryNotFoundException) when calling the DescribeRepositories operation: The repository with name 'a' does not exist\n",
      }),
      /aws ecr create-repository --repository-name a --region r/,
    ],
  ])('should be told of a repository %#', async (look, expected) =>
    expect(await outcome(look)).toMatch(expected),
  );
});

describe('the cluster', () => {
  const known = 'externalsecrets.external-secrets.io\n';
  const cluster = (...answers: [RegExp, ...Recorded[]][]) => new RecordedTools(...answers).cluster;
  const there =
    (...answers: [RegExp, ...Recorded[]][]) =>
    () =>
      cluster(...answers)
        .requireNamespace()
        .then(() => '');

  it.each<[Look, RegExp]>([
    [there([/get namespace/, 'namespace/apps\n']), /^$/],
    [
      there([/get namespace/, '']),
      /no namespace apps\n(.*\n)* *kubectl --context here create namespace apps$/,
    ],
    [there([/get namespace/, FORBIDDEN]), /^$/],
    [() => rights(cluster([/can-i/, 'yes\n'])), /^all that/],
    [
      () => rights(cluster([/can-i create secrets/, NO], [/can-i/, 'yes\n'])),
      /^may not create secrets\nkubectl --namespace apps create rolebinding/,
    ],
    [
      () => rights(cluster([/can-i create secrets/, NO], [/can-i/, 'yes\n']), 'c'),
      /create-access-entry --cluster-name c .*\n.*AmazonEKSEditPolicy --access-scope type=namespace,namespaces=apps$/,
    ],
    [() => customResources(cluster([/api-resources/, ''])), /has none/],
    [
      () =>
        customResources(cluster([/api-group external/, known], [/api-resources/, ''], [/can-i/, 'yes\n'])),
      /^externalsecrets$/,
    ],
    [
      () =>
        customResources(
          cluster([/can-i create external/, NO], [/api-group external/, known], [/api-resources/, '']),
        ),
      /^may not create externalsecrets.*\n.*namespace: apps.*kubernetes\/deployers.yaml \| kubectl apply/,
    ],
  ])('should be told of %#', async (look, expected) => expect(await outcome(look)).toMatch(expected));

  it('should not take a cluster that is gone for a no', async () => {
    const failed =
      'The connection to the server 192.0.2.1:6443 was refused - did you specify the right host or port?\n';
    await expect(rights(cluster([/can-i/, { failed }]))).rejects.toThrow('refused');
  });
});

describe('doctor', () => {
  const refused = {
    failed:
      'The connection to the server 192.0.2.1:6443 was refused - did you specify the right host or port?\n',
  };
  const kubeconfig = JSON.stringify({
    'current-context': 'here',
    contexts: [{ name: 'here', context: { cluster: 'here' } }],
    clusters: [{ name: 'here', cluster: { server: 'https://192.0.2.1' } }],
  });

  afterEach(() => jest.restoreAllMocks());

  it('should go on in order, past what it cannot look at', async () => {
    let written = '';
    jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
      written += text;
      return true;
    });
    const { session } = new RecordedTools(
      [/^aws/, { missing: true }],
      [/^helm version/, 'v3.9.0'],
      [/ version/, '99.0'],
      [/^docker pull r\/a:doctor$/, { failed: 'manifest unknown: manifest unknown\n' }],
      [/config view/, kubeconfig],
      [/get --raw \/version/, refused],
    );
    const args = ['--registry', 'r/a', '--secret-parameter', '/a', '--namespace', 'apps'];
    await expect(doctor.run(args, session)).rejects.toThrow('to be mended: helm, aws, cluster');
    expect(written.split('\n').filter((line) => /^\S/.test(line))).toEqual([
      '✔ git: 99.0',
      '✔ docker: 99.0',
      '✘ helm: helm 3.9 is too old, 3.14 will do',
      '✔ kubectl: 99.0',
      '✘ aws: aws is not installed, or not on the PATH',
      '– AWS credentials: not looked at without: aws',
      '✔ registry r/a: answers',
      '– secret from /a: not looked at without: AWS credentials',
      '✘ cluster: the cluster of the context here does not answer at https://192.0.2.1',
      '– namespace apps: not looked at without: cluster',
      '– rights in apps: not looked at without: namespace apps',
      '– rights to custom resources: not looked at without: namespace apps',
    ]);
    expect(session.result).toEqual({ faults: ['helm', 'aws', 'cluster'] });
  });
});
