/** What `kubectl config view --output json` tells, as far as it is needed. */
export interface Kubeconfig {
  'current-context'?: string;
  contexts?: { name: string; context: { cluster: string } }[] | null;
  clusters?: { name: string; cluster: { server?: string; extensions?: Extension[] } }[] | null;
}

interface Extension {
  name: string;
  extension?: { provider?: string };
}

/** What runs the nodes of a local cluster, and so how an image gets to them. */
export type Provider = 'kind' | 'minikube' | 'k3d' | 'shared';

/** A cluster as the kubeconfig names it. */
export interface Context {
  name: string;
  server: string;
  provider?: Provider;
  /** Whether it looks as if it runs on this machine. */
  isLocal: boolean;
}

/** The context of that name, else the current one; nothing if there is none. */
export function findContext(kubeconfig: Kubeconfig, name?: string): Context | undefined {
  const wanted = name ?? kubeconfig['current-context'];
  const context = kubeconfig.contexts?.find((candidate) => candidate.name === wanted);
  const cluster = kubeconfig.clusters?.find(
    (candidate) => candidate.name === context?.context.cluster,
  )?.cluster;
  if (!context || !cluster?.server) {
    return undefined;
  }
  // minikube names a context after its profile, which may be any name, but leaves its mark on the cluster.
  const isMinikube = cluster.extensions?.some(
    ({ extension }) => extension?.provider === 'minikube.sigs.k8s.io',
  );
  const provider = isMinikube ? 'minikube' : providerOf(context.name);
  return {
    name: context.name,
    server: cluster.server,
    provider,
    isLocal: provider !== undefined || isLoopback(cluster.server),
  };
}

const PROVIDERS: [pattern: RegExp, provider: Provider][] = [
  [/^kind-./, 'kind'],
  [/^k3d-./, 'k3d'],
  [/^minikube$/, 'minikube'],
  // The nodes of these run what Docker's own engine has.
  [/^(docker-desktop|rancher-desktop|orbstack|colima(-.+)?)$/, 'shared'],
];

function providerOf(context: string): Provider | undefined {
  return PROVIDERS.find(([pattern]) => pattern.test(context))?.[1];
}

function isLoopback(server: string): boolean {
  const host = URL.canParse(server) ? new URL(server).hostname : '';
  return host === 'localhost' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host);
}
