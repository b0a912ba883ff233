import type { Cluster } from './cluster.ts';
import { Failure } from './failure.ts';
import { type Pod, stateOf } from './pod.ts';
import { RELEASE } from './release.ts';

/** What the cluster says. */
export interface Facts {
  now: string;
  /** What each pod says of itself. */
  pods: PodKeys[];
  /** Seconds: the longest that a token may live, and a verifier may keep the published keys. */
  lifetime: number;
  maxAge: number;
}

export interface PodKeys {
  name: string;
  accepted: string[];
  published: string[];
  active?: string;
}

const UNITS: Record<string, number> = { ms: 0.001, s: 1, m: 60, h: 3_600, d: 86_400 };

interface Template {
  metadata?: { annotations?: Record<string, string> };
  spec: {
    containers: { env?: { name: string; value?: string }[] }[];
    volumes?: { name: string; secret?: { secretName: string }; csi?: object }[];
  };
}

interface Deployment {
  spec: { selector: { matchLabels: Record<string, string> }; template: Template };
}

interface Told extends PodKeys {
  lifetime: number;
  maxAge: number;
}

/** The Deployment of the release. */
export async function deploymentOf(cluster: Cluster): Promise<Deployment> {
  const answer = await cluster.kubectl('get', 'deployments', ...ofRelease(), '--output', 'json');
  const [deployment] = (JSON.parse(answer) as { items: Deployment[] }).items;
  if (!deployment) {
    throw new Failure(`nothing is installed in the namespace ${cluster.namespace}`);
  }
  return deployment;
}

/** What the pods say of their keys. A pod that comes or goes could know others than it will be asked about: there is none. */
export async function factsOf(cluster: Cluster): Promise<Facts> {
  const answer = await cluster.kubectl('get', 'pods', ...(await ofDeployment(cluster)), '--output', 'json');
  const pods = (JSON.parse(answer) as { items: Pod[] }).items.filter(({ status }) => !isOver(status.phase));
  const [moving] = pods.filter((pod) => stateOf(pod) !== 'ready');
  if (moving || pods.length === 0) {
    throw new PodsMove(moving ? `the pod ${moving.metadata.name}: ${stateOf(moving)}` : 'there is no pod');
  }
  const told = await Promise.all(pods.map(({ metadata }) => ask(cluster, metadata.name)));
  const history = await settingsOf(cluster);
  return {
    // Asked last: what was seen was so at this moment at the latest.
    now: await nowOf(cluster),
    pods: told.map(({ lifetime, maxAge, ...pod }) => pod),
    lifetime: Math.max(...told.map(({ lifetime }) => lifetime), ...history('JWT_TTL')),
    maxAge: Math.max(...told.map(({ maxAge }) => maxAge), ...history('JWKS_MAX_AGE')),
  };
}

/**
 * Has the kubelets look after the pods' volumes at once, which they do otherwise every minute or so.
 * https://kubernetes.io/docs/tasks/configure-pod-container/configure-pod-configmap/#mounted-configmaps-are-updated-automatically
 */
export async function refreshVolumes(cluster: Cluster): Promise<void> {
  const annotation = `jwt-api-keys-written=${new Date().toISOString()}`;
  await cluster.kubectl('annotate', 'pods', ...(await ofDeployment(cluster)), '--overwrite', annotation);
}

/** What is left of a pod that was evicted, for instance. */
const isOver = (phase = '') => ['Failed', 'Succeeded'].includes(phase);

/** A pod comes or goes: to be asked again. */
export class PodsMove extends Failure {}

/** The time of the API server, so that no two machines' clocks are compared. It makes nothing. */
async function nowOf(cluster: Cluster): Promise<string> {
  const manner = ['--dry-run=server', '--output=jsonpath={.metadata.creationTimestamp}'];
  return (await cluster.kubectl('create', 'configmap', 'jwt-api-now', ...manner)).trim();
}

async function ask(cluster: Cluster, name: string): Promise<Told> {
  const get = async (port: number, path: string) => {
    const url = `/api/v1/namespaces/${cluster.namespace}/pods/${name}:${port}/proxy${path}`;
    return await cluster.kubectl('get', '--raw', url).catch((error: unknown) => {
      throw error instanceof Failure ? unreachable(name, port, path, error) : error;
    });
  };
  const metrics = await get(9090, '/metrics');
  if (/^jwt_keys_stale 1$/m.test(metrics)) {
    // It may have looked amid a change.
    throw new PodsMove(`the pod ${name} refuses the keys that it is given`, {
      hint: `Its log says which, and why:\n  kubectl ${cluster.kubectlOptions().join(' ')} logs ${name}`,
    });
  }
  const { keys } = JSON.parse(await get(8080, '/.well-known/jwks.json')) as { keys: { kid: string }[] };
  const accepted = [...metrics.matchAll(/^jwt_keys_accepted\{kid="([^"]*)",active="(true|false)"\} 1$/gm)];
  return {
    name,
    accepted: accepted.map(([, kid = '']) => kid),
    active: accepted.find(([, , active]) => active === 'true')?.[1],
    published: keys.map(({ kid }) => kid),
    lifetime: numberOf(metrics, 'jwt_token_lifetime_seconds', name),
    maxAge: numberOf(metrics, 'jwt_key_set_max_age_seconds', name),
  };
}

function unreachable(name: string, port: number, path: string, error: Failure): Failure {
  return new Failure(`the pod ${name} cannot be asked for ${path}: ${error.message}`, {
    hint: `The API server asks it at port ${port}: a network policy or a security group must let it, and the image must be of this version.`,
    detail: error.detail,
  });
}

function numberOf(metrics: string, metric: string, pod: string): number {
  const [, value] = new RegExp(`^${metric} (\\d+)$`, 'm').exec(metrics) ?? [];
  if (value === undefined) {
    throw new Failure(`the pod ${pod} does not tell its ${metric}`, {
      hint: 'Its image is of an earlier version: release this one first.',
    });
  }
  return Number(value);
}

/** What the ReplicaSets that are still there set, in seconds: tokens of theirs may be about. */
async function settingsOf(cluster: Cluster): Promise<(variable: string) => number[]> {
  const answer = await cluster.kubectl('get', 'replicasets', ...ofRelease(), '--output', 'json');
  const { items } = JSON.parse(answer) as { items: { spec: { template: Template } }[] };
  const env = items.flatMap(({ spec }) => spec.template.spec.containers.flatMap(({ env = [] }) => env));
  return (variable) =>
    env
      .filter(({ name }) => name === variable)
      .map(({ value = '' }) => {
        const [, amount = '0', unit = 's'] = /^(\d+)(ms|s|m|h|d)$/.exec(value) ?? [];
        return Math.ceil(Number(amount) * (UNITS[unit] ?? 1));
      });
}

async function ofDeployment(cluster: Cluster): Promise<string[]> {
  const { selector } = (await deploymentOf(cluster)).spec;
  const labels = Object.entries(selector.matchLabels).map(([name, value]) => `${name}=${value}`);
  return ['--selector', labels.join()];
}

function ofRelease(): string[] {
  return ['--selector', `app.kubernetes.io/instance=${RELEASE}`];
}
