import { writeFileSync } from 'node:fs';
import { kubectl, Namespace } from './cluster.js';

/** Who may do what the ClusterRole `edit` allows, in one namespace and nowhere else: as a pipeline may on EKS. */
export async function deployerOf(namespace: Namespace, folder: string): Promise<Namespace> {
  const { name } = namespace;
  await namespace.kubectl(['create', 'serviceaccount', 'deployer']);
  const binding = ['rolebinding', 'deployer', '--clusterrole=edit', `--serviceaccount=${name}:deployer`];
  await namespace.kubectl(['create', ...binding]);
  const token = (await namespace.kubectl(['create', 'token', 'deployer', '--duration=1h'])).trim();
  const config = JSON.parse(await kubectl(['config', 'view', '--minify', '--flatten', '--output=json']));
  const [cluster] = config.clusters;
  const kubeconfig = `${folder}/${name}.kubeconfig`;
  writeFileSync(
    kubeconfig,
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [cluster],
      users: [{ name: 'deployer', user: { token } }],
      contexts: [{ name: 'deployer', context: { cluster: cluster.name, user: 'deployer' } }],
      'current-context': 'deployer',
    }),
    { mode: 0o600 },
  );
  return new Namespace(name, kubeconfig);
}
