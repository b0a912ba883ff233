import * as aws from './aws-checks.ts';
import { type Check, lookAt } from './checks.ts';
import { chooseContext, reach } from './choose-cluster.ts';
import { Cluster } from './cluster.ts';
import { customResources, namespace, rights } from './cluster-checks.ts';
import { defineCommand, type Session } from './command.ts';
import type { Context } from './context.ts';
import { ecrRepository } from './ecr.ts';
import { Failure } from './failure.ts';
import { notBoth, options } from './options.ts';
import { requireTools, type ToolName } from './requirements.ts';
import { nameOf } from './secret.ts';
import { useEks, withFolder } from './target.ts';

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

interface Given {
  registry?: string;
  context?: string;
  cluster?: string;
  namespace: string;
  'secret-parameter'?: string;
  'secret-id'?: string;
}

/** What the other commands need. */
export const doctor = defineCommand({
  summary: 'tells what is missing for the others, and the command that mends it',
  about: `Give it the options that the others will get: what none of them names is not looked at. It goes in the order in which
things are set up, and changes nothing but docker's login to ECR.`,
  options: notBoth(notBoth(picked, 'secret-id', 'secret-parameter'), 'context', 'cluster'),
  run: async (given, session) => {
    const faults = [
      ...(await lookAt(session, tools(session, given))),
      ...(await lookAt(session, outside(session, given))),
      ...(await withFolder(session, (folder) => lookInside(session, given, folder))),
    ];
    if (faults.length > 0) {
      throw new Failure(`to be mended: ${faults.join(', ')}`);
    }
  },
});

function needsAws(given: Given): boolean {
  const { registry = '', cluster, 'secret-parameter': parameter, 'secret-id': id } = given;
  return Boolean(ecrRepository(registry) ?? cluster ?? parameter ?? id);
}

/** Each tool by itself, as each has its own cure. */
function tools({ tools }: Session, given: Given): Check[] {
  const names: ToolName[] = [
    'git',
    'docker',
    'helm',
    'kubectl',
    ...(needsAws(given) ? ['aws' as const] : []),
  ];
  return names.map((name) => ({
    title: name,
    look: async () => {
      const found = await requireTools(tools, [name]).catch((error: unknown) => {
        throw error instanceof Failure ? mendable(error) : error;
      });
      return found[name].join('.');
    },
  }));
}

/** The fault in a tool, and where to get a better one. */
function mendable({ message }: Failure): Failure {
  const line = message.trim().split('\n').at(-1) ?? '';
  const [, fault = line.trim(), hint = ''] = /^\s*(.*): (https:.*)$/.exec(line) ?? [];
  return new Failure(fault, { hint });
}

/** What is outside the cluster. */
function outside({ tools }: Session, given: Given): Check[] {
  const { registry } = given;
  const repository = registry && ecrRepository(registry);
  return [
    ...(needsAws(given) ? [aws.credentials(tools)] : []),
    ...(repository ? [aws.ecr(tools, repository)] : []),
    ...(registry ? [aws.registry(tools, registry)] : []),
    ...(nameOf(given) ? [aws.secret(tools, given)] : []),
    ...(given.cluster ? [aws.eks(tools, given.cluster)] : []),
  ];
}

async function lookInside(session: Session, given: Given, folder: string): Promise<string[]> {
  let context: Context | undefined;
  const answers: Check = {
    title: 'cluster',
    look: async () => {
      if (given.cluster) {
        await useEks(session, given.cluster, folder);
      }
      const chosen = await chooseContext(session.tools, given.context);
      await reach(session.tools, chosen);
      context = chosen;
      return `${chosen.name}, ${chosen.server}`;
    },
  };
  const faults = await lookAt(session, [answers]);
  if (!context) {
    return faults;
  }
  const cluster = new Cluster(session.tools, context, given.namespace);
  const inside = [namespace(cluster), rights(cluster, given.cluster), customResources(cluster)];
  return [...faults, ...(await lookAt(session, inside))];
}
