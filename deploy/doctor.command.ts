import * as aws from './aws-checks.ts';
import { type Check, lookAt } from './checks.ts';
import type { Cluster } from './cluster.ts';
import { customResources, rights } from './cluster-checks.ts';
import { defineCommand, type Session } from './command.ts';
import { ecrRepository } from './ecr.ts';
import { Failure } from './failure.ts';
import { notBoth, options } from './options.ts';
import { findTag } from './registry.ts';
import { requireTools, type ToolName } from './requirements.ts';
import { nameOf, readSecret, type SecretSource } from './secret.ts';
import { connectTo, type Target, withFolder } from './target.ts';
import type { Tools } from './tools.ts';

const picked = options.pick({
  registry: true,
  context: true,
  cluster: true,
  namespace: true,
  'secret-parameter': true,
  'secret-id': true,
  json: true,
  verbose: true,
});

type Given = Target & SecretSource & { registry?: string };

/** What the other commands need. */
export const doctor = defineCommand({
  summary: 'tells what is missing for the others, and the command that mends it',
  about: `Give it the options that the others will get: what none of them names is not looked at. It goes in the order in which
things are set up, and changes nothing but docker's login to ECR.`,
  options: notBoth(notBoth(picked, 'secret-id', 'secret-parameter'), 'context', 'cluster'),
  run: async (given, session) => {
    const faults = await withFolder(session, (folder) =>
      lookAt(session, [
        ...tools(session, given),
        ...outside(session, given),
        ...inside(session, given, folder),
      ]),
    );
    if (faults.length > 0) {
      throw new Failure(`to be mended: ${faults.join(', ')}`);
    }
  },
});

/** Each tool by itself, as each has its own cure. */
function tools({ tools }: Session, given: Given): Check[] {
  const names: ToolName[] = ['git', 'docker', 'helm', 'kubectl'];
  return [...names, ...(needsAws(given) ? ['aws' as const] : [])].map((name) => ({
    title: name,
    look: async () => (await requireTools(tools, [name]))[name].join('.'),
  }));
}

function needsAws(given: Given): boolean {
  const { registry = '', cluster, 'secret-parameter': parameter, 'secret-id': id } = given;
  return Boolean(ecrRepository(registry) ?? cluster ?? parameter ?? id);
}

const CREDENTIALS = 'AWS credentials';

/** What is outside the cluster. */
function outside({ tools }: Session, given: Given): Check[] {
  const { registry = '', cluster } = given;
  const ecr = ecrRepository(registry);
  const source = nameOf(given);
  const checks: Check[] = [];
  if (needsAws(given)) {
    checks.push({ title: CREDENTIALS, needs: ['aws'], look: () => aws.credentials(tools) });
  }
  if (ecr) {
    const look = () => aws.repository(tools, ecr);
    checks.push({ title: `repository ${ecr.name} in ECR`, needs: [CREDENTIALS, 'docker'], look });
  }
  if (registry) {
    const needs = ['docker', ...(ecr ? [`repository ${ecr.name} in ECR`] : [])];
    checks.push({ title: `registry ${registry}`, needs, look: () => answer(tools, registry) });
  }
  if (source) {
    const look = async () => `${Buffer.byteLength((await readSecret(tools, given)) ?? '')} bytes`;
    checks.push({ title: `secret from ${source}`, needs: process.env.JWT_SECRET ? [] : [CREDENTIALS], look });
  }
  if (cluster) {
    checks.push({ title: eksTitle(cluster), needs: [CREDENTIALS], look: () => aws.eks(tools, cluster) });
  }
  return checks;
}

const eksTitle = (name: string) => `EKS cluster ${name}`;

/** Asks for a tag that nobody pushes: the answer tells whether the registry is there and lets us in. */
async function answer(tools: Tools, registry: string): Promise<string> {
  await findTag(tools, registry, 'doctor');
  return 'answers';
}

function inside(session: Session, target: Target, folder: string): Check[] {
  const { cluster: eks, namespace } = target;
  let found: Cluster;
  const connect = async () => {
    found = await connectTo(session, target, folder);
    return `${found.context.name}, ${found.context.server}`;
  };
  const isThere = async () => {
    await found.requireNamespace();
    return '';
  };
  const needs = [`namespace ${namespace}`];
  return [
    { title: 'cluster', needs: ['kubectl', ...(eks ? [eksTitle(eks)] : [])], look: connect },
    { title: `namespace ${namespace}`, needs: ['cluster'], look: isThere },
    { title: `rights in ${namespace}`, needs, look: () => rights(found, eks) },
    { title: 'rights to custom resources', needs, look: () => customResources(found) },
  ];
}
