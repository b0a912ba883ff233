import type { Cluster } from './cluster.ts';
import { RELEASE } from './release.ts';

interface Balanced {
  status?: { loadBalancer?: { ingress?: { hostname?: string; ip?: string }[] } };
}
interface Service extends Balanced {
  kind: 'Service';
  metadata: { name: string };
  spec: { clusterIP?: string; ports: { port: number }[] };
}
interface Ingress extends Balanced {
  kind: 'Ingress';
  spec: { rules?: { host?: string }[] };
}

/** The two commands with which a laptop reaches the service. */
export async function addressOf(cluster: Cluster): Promise<string> {
  const service = (await read<Service>(cluster, 'services')).find(isMain);
  const target = `service/${service?.metadata.name ?? RELEASE} 8080:${service?.spec.ports[0]?.port ?? 80}`;
  return `jwt-api runs. To reach it, and to get a token from another terminal:

  kubectl ${cluster.kubectlOptions().join(' ')} port-forward ${target}
  curl -H 'Content-Type: application/json' -d '{"email":"you@example.com","password":"anything"}' http://localhost:8080/auth
`;
}

/**
 * Where clients find the service, several with commas: the hosts of its Ingress and its route, else its load balancer, else
 * its name inside the cluster.
 * @param routeHosts the hosts of its HTTPRoute, a kind that a cluster need not have
 */
export async function hostsOf(cluster: Cluster, routeHosts: string[]): Promise<string> {
  const objects = await read<Service | Ingress>(cluster, 'services,ingresses');
  const ingresses = objects.filter(({ kind }) => kind === 'Ingress') as Ingress[];
  const hosts = ingresses.flatMap(({ spec }) => (spec.rules ?? []).flatMap(({ host }) => host || []));
  const balancers = objects
    .flatMap(({ status }) => status?.loadBalancer?.ingress ?? [])
    .flatMap(({ hostname, ip }) => hostname ?? ip ?? []);
  const found = [...hosts, ...routeHosts];
  const service = objects.find((object) => object.kind === 'Service' && isMain(object)) as
    | Service
    | undefined;
  const inside = `${service?.metadata.name ?? RELEASE}.${cluster.namespace}:${service?.spec.ports[0]?.port ?? 80}`;
  const outside = [...new Set(found.length > 0 ? found : balancers)].join(', ');
  return outside || `${inside}, inside the cluster`;
}

async function read<T>(cluster: Cluster, kinds: string): Promise<T[]> {
  const selector = `app.kubernetes.io/instance=${RELEASE}`;
  const answer = await cluster.kubectl('get', kinds, '--selector', selector, '--output', 'json');
  return (JSON.parse(answer) as { items: T[] }).items;
}

/** The headless one has the metrics. */
const isMain = ({ spec }: Service) => spec.clusterIP !== 'None';
