import type { Cluster } from './cluster.ts';
import { RELEASE } from './release.ts';

interface Service {
  metadata: { name: string };
  spec: { clusterIP?: string; ports: { port: number }[] };
}

/** The two commands with which a laptop reaches the service. */
export async function addressOf(cluster: Cluster): Promise<string> {
  const selector = `app.kubernetes.io/instance=${RELEASE}`;
  const answer = await cluster.kubectl('get', 'services', '--selector', selector, '--output', 'json');
  const { items } = JSON.parse(answer) as { items: Service[] };
  // The headless one has the metrics.
  const service = items.find(({ spec }) => spec.clusterIP !== 'None');
  const target = `service/${service?.metadata.name ?? RELEASE} 8080:${service?.spec.ports[0]?.port ?? 80}`;
  return `jwt-api runs. To reach it, and to get a token from another terminal:

  kubectl ${cluster.kubectlOptions().join(' ')} port-forward ${target}
  curl -H 'Content-Type: application/json' -d '{"email":"you@example.com","password":"anything"}' http://localhost:8080/auth
`;
}
