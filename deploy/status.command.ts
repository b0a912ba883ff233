import { hostsOf } from './address.ts';
import type { Cluster } from './cluster.ts';
import { defineCommand, type Session } from './command.ts';
import { Failure } from './failure.ts';
import { commitOfRevision, deployed, historyOf, originOf, type Revision } from './history.ts';
import type { ImageValues } from './image.ts';
import { notBoth, options } from './options.ts';
import { RELEASE } from './release.ts';
import { checkTools, withTarget } from './target.ts';

const picked = options.pick({ context: true, cluster: true, namespace: true, json: true, verbose: true });

/** What runs. */
export const status = defineCommand({
  summary: 'tells what runs where, by which commit, since when, and its address',
  about: 'Changes nothing, and needs no more than the right to read the namespace.',
  options: notBoth(picked, 'context', 'cluster'),
  run: async (target, session) => {
    await checkTools(session, target.cluster !== undefined);
    await withTarget(session, target, async (cluster) => {
      await cluster.requireNamespace();
      await tell(session, cluster);
    });
  },
});

async function tell({ result }: Session, cluster: Cluster): Promise<void> {
  const history = await historyOf(cluster);
  const last = history.at(-1);
  const serving = deployed(history);
  if (!last) {
    throw new Failure(`nothing is installed in the namespace ${cluster.namespace}`);
  }
  const values = serving && (await valuesOf(cluster, serving));
  const facts = {
    cluster: cluster.context.server,
    namespace: cluster.namespace,
    revision: serving && revisionLine(history, serving),
    commit: (serving && commitOfRevision(history, serving)) ?? 'unknown',
    image: values && imageOf(values),
    address: values && (await hostsOf(cluster, values.httpRoute.enabled ? values.httpRoute.hostnames : [])),
    since: serving?.updated.replace(/\.\d+/, ''),
    pods: await readyPods(cluster),
    unfinished: last === serving ? undefined : `revision ${last.revision}: ${last.status}`,
  };
  Object.assign(result, facts, { revision: serving?.revision });
  for (const [name, value] of Object.entries(facts).filter(([, value]) => value !== undefined)) {
    process.stdout.write(`${name.padEnd(11)}${value}\n`);
  }
}

function revisionLine(history: Revision[], serving: Revision): string {
  const { revision } = originOf(history, serving);
  return revision === serving.revision ? `${revision}` : `${serving.revision}, which is ${revision} again`;
}

interface Values {
  image: ImageValues;
  httpRoute: { enabled: boolean; hostnames: string[] };
}

async function valuesOf(cluster: Cluster, { revision }: Revision): Promise<Values> {
  const args = ['get', 'values', RELEASE, '--revision', `${revision}`, '--all', '--output', 'json'];
  return JSON.parse(await cluster.helmAnswer(...args)) as Values;
}

const imageOf = ({ image }: Values) =>
  image.digest ? `${image.repository}@${image.digest}` : `${image.repository}:${image.tag}`;

interface Deployments {
  items: { status: { readyReplicas?: number; replicas?: number } }[];
}

async function readyPods(cluster: Cluster): Promise<string> {
  const selector = `app.kubernetes.io/instance=${RELEASE}`;
  const answer = await cluster.kubectl('get', 'deployments', '--selector', selector, '--output', 'json');
  const { readyReplicas = 0, replicas = 0 } = (JSON.parse(answer) as Deployments).items[0]?.status ?? {};
  return `${readyReplicas} of ${replicas} ready`;
}
