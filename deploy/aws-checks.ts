import { type EcrRepository, logIn } from './ecr.ts';
import { Failure } from './failure.ts';
import { ToolFailure } from './tool-failure.ts';
import type { Tools } from './tools.ts';

/** Runs the AWS CLI; where it fails, the cause and what mends it are the ones given. */
async function askAws(tools: Tools, args: string[], cause: string, mend: string): Promise<string> {
  try {
    return (await tools.read('aws', args)).trim();
  } catch (error) {
    throw error instanceof ToolFailure ? new Failure(`${cause}: ${error.message}`, { hint: mend }) : error;
  }
}

/** Who asks, and so in which account. */
export function credentials(tools: Tools): Promise<string> {
  return askAws(
    tools,
    ['sts', 'get-caller-identity', '--query', 'Arn', '--output', 'text'],
    'AWS does not know who asks',
    'aws configure sso   # or AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY',
  );
}

/** Whether the repository is there, and docker gets in. */
export async function repository(tools: Tools, ecr: EcrRepository): Promise<string> {
  const { account, region, name, host } = ecr;
  const names = ['--repository-names', name, '--registry-id', account, '--region', region];
  const make = `aws ecr create-repository --repository-name ${name} --region ${region} --image-tag-mutability IMMUTABLE`;
  const asked = askAws(tools, ['ecr', 'describe-repositories', ...names], 'it cannot be seen', make);
  // A role that may push may not list: to log in and to ask for an image is what it can.
  await asked.catch((error: unknown) => {
    if (!(error instanceof Failure && /AccessDenied/.test(error.message))) {
      throw error;
    }
  });
  await logIn(tools, ecr);
  return `docker is logged in to ${host}`;
}

/** Whether the cluster is ready, and how it lets the role of a pipeline in. */
export async function eks(tools: Tools, name: string): Promise<string> {
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
}

interface EksCluster {
  status: string;
  accessConfig?: { authenticationMode?: string };
}
