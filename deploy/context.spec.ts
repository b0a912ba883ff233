import { findContext, type Kubeconfig } from './context.ts';

function kubeconfig(name: string, server: string, extensions?: { name: string; extension?: object }[]) {
  return {
    'current-context': name,
    contexts: [{ name, context: { cluster: 'c' } }],
    clusters: [{ name: 'c', cluster: { server, extensions } }],
  } satisfies Kubeconfig;
}

describe('findContext', () => {
  it.each([
    ['kind-dev', 'https://127.0.0.1:6443', 'kind', true],
    ['k3d-dev', 'https://0.0.0.0:6443', 'k3d', true],
    ['minikube', 'https://192.168.49.2:8443', 'minikube', true],
    ['docker-desktop', 'https://kubernetes.docker.internal:6443', 'shared', true],
    ['rancher-desktop', 'https://127.0.0.1:6443', 'shared', true],
    ['orbstack', 'https://127.0.0.1:26443', 'shared', true],
    ['colima', 'https://127.0.0.1:6443', 'shared', true],
    ['colima-work', 'https://127.0.0.1:6443', 'shared', true],
    ['own', 'https://127.1.2.3:6443', undefined, true],
    ['own', 'https://localhost:6443', undefined, true],
    ['own', 'https://[::1]:6443', undefined, true],
    ['own', 'https://10.0.0.1:6443', undefined, false],
    ['own', 'https://127.0.0.1.example.com', undefined, false],
    ['own', 'not a URL', undefined, false],
    ['kind-', 'https://prod.example.com', undefined, false],
    ['my-kind-dev', 'https://prod.example.com', undefined, false],
    ['docker-desktop-prod', 'https://prod.example.com', undefined, false],
    ['arn:aws:eks:eu-central-1:1:cluster/a', 'https://A.gr7.eks.amazonaws.com', undefined, false],
  ])('should know %s at %s', (name, server, provider, isLocal) => {
    expect(findContext(kubeconfig(name, server))).toEqual({ name, server, provider, isLocal });
  });

  it("should know minikube's other profiles by its mark on the cluster", () => {
    const mark = [{ name: 'cluster_info', extension: { provider: 'minikube.sigs.k8s.io' } }];
    const context = findContext(kubeconfig('own', 'https://192.168.49.2:8443', mark));
    expect(context).toMatchObject({ provider: 'minikube', isLocal: true });
  });

  it('should take the one that is named over the current one', () => {
    const { contexts, clusters } = kubeconfig('a', 'https://a');
    const both = {
      'current-context': 'b',
      contexts: [...contexts, { name: 'b', context: { cluster: 'c' } }],
      clusters,
    };
    expect(findContext(both, 'a')?.name).toBe('a');
    expect(findContext(both)?.name).toBe('b');
  });

  it.each<[string, Kubeconfig, string | undefined]>([
    ['the kubeconfig is empty', { contexts: null, clusters: null }, undefined],
    ['no context is the current one', { ...kubeconfig('a', 'https://a'), 'current-context': '' }, undefined],
    ['none has the name', kubeconfig('a', 'https://a'), 'b'],
    ['its cluster is not there', { ...kubeconfig('a', 'https://a'), clusters: [] }, undefined],
  ])('should find none where %s', (_, config, name) => {
    expect(findContext(config, name)).toBeUndefined();
  });
});
