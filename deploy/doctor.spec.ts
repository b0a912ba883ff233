import { jest } from '@jest/globals';
import * as aws from './aws-checks.ts';
import { type Check, lookAt } from './checks.ts';
import { customResources, namespace, rights } from './cluster-checks.ts';
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

  it('should not look at what stands on a fault', async () => {
    const look = jest.fn(async () => '');
    await lookAt(new RecordedTools().session, [
      { ...faulty, isBasis: true },
      { title: 'three', look },
    ]);
    expect(look).not.toHaveBeenCalled();
    expect(written.at(-1)).toBe('– three: not looked at without: two\n');
  });

  it('should not take a defect of its own for a fault', async () => {
    const defect = { title: 'a', look: () => Promise.reject(new TypeError('defect')) };
    await expect(lookAt(new RecordedTools().session, [defect])).rejects.toThrow('defect');
  });
});

/** What a check says, or the failure and what mends it. */
async function outcome({ look }: Check): Promise<string> {
  return await look().catch(({ message, hint }: Failure) => `${message}\n${hint}`);
}

describe('AWS', () => {
  const eks = (accessConfig: object | undefined, status = 'ACTIVE') =>
    aws.eks(new RecordedTools([/describe-cluster/, JSON.stringify({ status, accessConfig })]).tools, 'c');

  it.each<[Check, RegExp]>([
    [
      aws.credentials(new RecordedTools([/sts/, 'arn:aws:iam::1:user/a\n']).tools),
      /^arn:aws:iam::1:user\/a$/,
    ],
    [
      aws.credentials(
        new RecordedTools([
          /sts/,
          { failed: 'Unable to locate credentials. You can configure credentials by running "aws login".\n' },
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
  ])('should be told of %#', async (check, expected) => expect(await outcome(check)).toMatch(expected));

  const repository = { host: 'h', account: '1', region: 'r', name: 'a' };
  const ecr = (answer: Recorded) =>
    aws.ecr(
      new RecordedTools([/describe-repositories/, answer], [/get-login-password/, 'p'], [/login/, '']).tools,
      repository,
    );

  it.each<[Check, RegExp]>([
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
  ])('should be told of a repository %#', async (check, expected) =>
    expect(await outcome(check)).toMatch(expected),
  );
});

describe('the cluster', () => {
  const known = 'externalsecrets.external-secrets.io\n';
  const cluster = (...answers: [RegExp, ...Recorded[]][]) => new RecordedTools(...answers).cluster;

  it.each<[Check, RegExp]>([
    [namespace(cluster([/get namespace/, 'namespace/apps\n'])), /^$/],
    [
      namespace(cluster([/get namespace/, ''])),
      /no namespace apps\n(.*\n)* *kubectl --context lab create namespace apps$/,
    ],
    [namespace(cluster([/get namespace/, FORBIDDEN])), /^$/],
    [rights(cluster([/can-i/, 'yes\n'])), /^all that/],
    [
      rights(cluster([/can-i create secrets/, NO], [/can-i/, 'yes\n'])),
      /^may not create secrets\nkubectl --namespace apps create rolebinding/,
    ],
    [
      rights(cluster([/can-i create secrets/, NO], [/can-i/, 'yes\n']), 'c'),
      /create-access-entry --cluster-name c .*\n.*AmazonEKSEditPolicy --access-scope type=namespace,namespaces=apps$/,
    ],
    [customResources(cluster([/api-resources/, ''])), /has none/],
    [
      customResources(cluster([/api-group external/, known], [/api-resources/, ''], [/can-i/, 'yes\n'])),
      /^externalsecrets$/,
    ],
    [
      customResources(
        cluster([/can-i create external/, NO], [/api-group external/, known], [/api-resources/, '']),
      ),
      /^may not create externalsecrets.*\n.*namespace: apps.*kubernetes\/deployers.yaml \| kubectl apply/,
    ],
  ])('should be told of %#', async (check, expected) => expect(await outcome(check)).toMatch(expected));

  it('should not take a cluster that is gone for a no', async () => {
    const failed =
      'The connection to the server 192.0.2.1:6443 was refused - did you specify the right host or port?\n';
    await expect(rights(cluster([/can-i/, { failed }])).look()).rejects.toThrow('refused');
  });
});
