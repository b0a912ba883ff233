import { setTimeout as sleep } from 'node:timers/promises';
import { kubectl, type Namespace } from './cluster.js';

/** So long is waited only for what never comes: losing a node, or a Secret's way into the pods, takes a minute or two. */
const PATIENCE = 240_000;

/** A pod of the release `jwt-api`. */
export interface Pod {
  name: string;
  node: string;
  isReady: boolean;
  /** Told to end, and still there. */
  isEnding: boolean;
  /** How often its container has started anew. */
  restarts: number;
}

/** Waits until a condition of the cluster holds, and gives what it found. Each look may be a call of kubectl. */
export async function eventually<T>(
  what: string,
  condition: () => Promise<T | false | undefined>,
): Promise<T> {
  for (const end = Date.now() + PATIENCE; ; await sleep(300)) {
    const found = await condition();
    if (found) {
      return found;
    }
    if (Date.now() > end) {
      throw new Error(`waited in vain for ${what}`);
    }
  }
}

export async function podsOf(namespace: Namespace): Promise<Pod[]> {
  const selector = 'app.kubernetes.io/name=jwt-api,app.kubernetes.io/instance=jwt-api';
  const { items } = await namespace.get<{ items: PodManifest[] }>('pods', '--selector', selector);
  return items.map(({ metadata, spec, status }) => ({
    name: metadata.name,
    node: spec.nodeName,
    isReady: isReady(status),
    isEnding: metadata.deletionTimestamp !== undefined,
    restarts: status.containerStatuses?.[0]?.restartCount ?? 0,
  }));
}

/** Waits until so many pods are there, all of them ready and none on its way out. */
export function calm(namespace: Namespace, count: number): Promise<Pod[]> {
  return eventually(`${count} calm pods`, async () => {
    const pods = await podsOf(namespace);
    return pods.length === count && pods.every((pod) => pod.isReady && !pod.isEnding) && pods;
  });
}

/** The nodes on which the Service has a pod that it sends requests to. */
export async function servingNodes(namespace: Namespace): Promise<string[]> {
  const selector = 'kubernetes.io/service-name=jwt-api';
  const { items } = await namespace.get<{ items: SliceManifest[] }>('endpointslices', '--selector', selector);
  return items
    .flatMap(({ endpoints }) => endpoints ?? [])
    .filter(({ conditions }) => conditions.ready)
    .map(({ nodeName }) => nodeName);
}

export async function nodes(): Promise<{ name: string; isReady: boolean }[]> {
  const { items } = JSON.parse(await kubectl(['get', 'nodes', '--output', 'json'])) as { items: Manifest[] };
  return items.map(({ metadata, status }) => ({ name: metadata.name, isReady: isReady(status) }));
}

function isReady({ conditions = [] }: Manifest['status']): boolean {
  return conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
}

interface Manifest {
  metadata: { name: string; deletionTimestamp?: string };
  status: { conditions?: { type: string; status: string }[] };
}

interface PodManifest extends Manifest {
  spec: { nodeName: string };
  status: Manifest['status'] & { containerStatuses?: { restartCount: number }[] };
}

interface SliceManifest {
  endpoints?: { nodeName: string; conditions: { ready: boolean } }[];
}
