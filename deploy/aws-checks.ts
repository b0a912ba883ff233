import type { Check } from './checks.ts';
import { type EcrRepository, logIn } from './ecr.ts';
import { Failure } from './failure.ts';
import { findTag } from './registry.ts';
import { nameOf, readSecret, type SecretSource } from './secret.ts';
import { ToolFailure } from './tool-failure.ts';
import type { Tools } from './tools.ts';

/** Runs the AWS CLI; where it fails, the cause and what mends it are the ones given. */
export async function askAws(tools: Tools, args: string[], cause: string, mend: string): Promise<string> {
  try {
    return (await tools.read('aws', args)).trim();
  } catch (error) {
    throw error instanceof ToolFailure ? new Failure(`${cause}: ${error.message}`, { hint: mend }) : error;
  }
}

export const credentials = (tools: Tools): Check => ({
  title: 'AWS credentials',
  isBasis: true,
  look: () =>
    askAws(
      tools,
      ['sts', 'get-caller-identity', '--query', 'Arn', '--output', 'text'],
      'AWS does not know who asks',
      'aws configure sso   # or AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY',
    ),
});

export const ecr = (tools: Tools, repository: EcrRepository): Check => {
  const { account, region, name } = repository;
  const names = ['--repository-names', name, '--registry-id', account, '--region', region];
  const make = `aws ecr create-repository --repository-name ${name} --region ${region} --image-tag-mutability IMMUTABLE`;
  return {
    title: `repository ${name} in ECR`,
    look: async () => {
      // A role that may push may not list: to log in and to ask for an image is what it can.
      await askAws(tools, ['ecr', 'describe-repositories', ...names], 'it cannot be seen', make).catch(
        (error: unknown) => {
          if (!(error instanceof Failure && /AccessDenied/.test(error.message))) {
            throw error;
          }
        },
      );
      await logIn(tools, repository);
      return `docker is logged in to ${repository.host}`;
    },
  };
};

/** Asks for a tag that nobody pushes: the answer tells whether the registry is there and lets us in. */
export const registry = (tools: Tools, repository: string): Check => ({
  title: `registry ${repository}`,
  look: async () => {
    await findTag(tools, repository, 'doctor');
    return 'answers';
  },
});

export const secret = (tools: Tools, source: SecretSource): Check => ({
  title: `secret from ${nameOf(source)}`,
  look: async () => `${Buffer.byteLength((await readSecret(tools, source)) ?? '')} bytes`,
});

/** Whether the cluster is ready, and how it lets the role of a pipeline in. */
export const eks = (tools: Tools, name: string): Check => ({
  title: `EKS cluster ${name}`,
  isBasis: true,
  look: async () => {
    const answer = await askAws(
      tools,
      ['eks', 'describe-cluster', '--name', name, '--query', 'cluster', '--output', 'json'],
      'it cannot be found',
      'eksctl create cluster --config-file eksctl/cluster.yaml   # or another --cluster, or AWS_REGION',
    );
    const { status, accessConfig } = JSON.parse(answer) as EksCluster;
    if (status !== 'ACTIVE') {
      throw new Failure(`it is ${status}`, { hint: `aws eks wait cluster-active --name ${name}` });
    }
    const mode = accessConfig?.authenticationMode;
    if (mode === 'CONFIG_MAP') {
      return `${status}; its authentication mode CONFIG_MAP has no access entries: docs/aws.md tells what a role needs instead`;
    }
    return `${status}, authentication mode ${mode ?? 'not told'}`;
  },
});

interface EksCluster {
  status: string;
  accessConfig?: { authenticationMode?: string };
}
