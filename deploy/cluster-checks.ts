import type { Cluster } from './cluster.ts';
import { Failure } from './failure.ts';
import { ToolFailure } from './tool-failure.ts';

/** What the deployer and Helm do in the namespace. */
const RIGHTS = [
  'create configmaps',
  'update configmaps',
  'create secrets',
  'get secrets',
  'list secrets',
  'patch secrets',
  'update secrets',
  'delete secrets',
  'create deployments.apps',
  'patch deployments.apps',
  'list deployments.apps',
  'create services',
  'create serviceaccounts',
  'create poddisruptionbudgets.policy',
  'create pods',
  'list pods',
  'patch pods',
  'delete pods',
  'get pods --subresource=log',
  'get pods --subresource=proxy',
  'list events',
];

/** The custom resources that the chart can make. */
const CUSTOM = [
  'externalsecrets.external-secrets.io',
  'secretstores.external-secrets.io',
  'httproutes.gateway.networking.k8s.io',
  'servicemonitors.monitoring.coreos.com',
  'secretproviderclasses.secrets-store.csi.x-k8s.io',
];

/** Whether a release may do all that it does in the namespace. */
export async function rights(cluster: Cluster, eks?: string): Promise<string> {
  const missing = await missingRights(cluster, RIGHTS);
  if (missing.length > 0) {
    throw new Failure(`may not ${missing.join(', ')}`, { hint: grant(cluster.namespace, eks) });
  }
  return 'all that a release needs';
}

/** Whether it may make the custom resources that the cluster knows. */
export async function customResources(cluster: Cluster): Promise<string> {
  const known = await Promise.all(CUSTOM.map((resource) => isKnown(cluster, resource)));
  const there = CUSTOM.filter((_, index) => known[index]);
  const missing = await missingRights(
    cluster,
    there.map((resource) => `create ${resource}`),
  );
  if (missing.length > 0) {
    const file = `sed 's/namespace: jwt-api$/namespace: ${cluster.namespace}/' kubernetes/deployers.yaml`;
    throw new Failure(`may not ${missing.join(', ')}`, {
      hint: `${file} | kubectl apply --filename -   # as an administrator; it binds the group jwt-api-deployers`,
    });
  }
  const kinds = there.map((resource) => resource.split('.')[0]);
  return kinds.length > 0 ? kinds.join(', ') : 'this cluster has none that the chart can use';
}

async function missingRights(cluster: Cluster, rights: string[]): Promise<string[]> {
  const answers = await Promise.all(rights.map((right) => can(cluster, right)));
  return rights.filter((_, index) => !answers[index]);
}

async function can(cluster: Cluster, right: string): Promise<boolean> {
  try {
    const answer = await cluster.kubectl('auth', 'can-i', ...right.split(' '));
    return answer.trim() === 'yes';
  } catch (error) {
    // Its exit code is 1 for a no, too.
    if (error instanceof ToolFailure && /^no\b/m.test(error.output)) {
      return false;
    }
    throw error;
  }
}

async function isKnown(cluster: Cluster, resource: string): Promise<boolean> {
  const group = resource.slice(resource.indexOf('.') + 1);
  const args = ['api-resources', '--api-group', group, '--namespaced', '--output', 'name'];
  return (await cluster.kubectl(...args).catch(() => '')).split('\n').includes(resource);
}

/** How an administrator gives the rights. */
function grant(namespace: string, eks?: string): string {
  if (!eks) {
    return `kubectl --namespace ${namespace} create rolebinding jwt-api-deployers-edit --clusterrole=edit --user=YOU   # or --group`;
  }
  const who = `--cluster-name ${eks} --principal-arn ROLE_ARN`;
  const policy = 'arn:aws:eks::aws:cluster-access-policy/AmazonEKSEditPolicy';
  return [
    `aws eks create-access-entry ${who} --kubernetes-groups jwt-api-deployers`,
    `aws eks associate-access-policy ${who} --policy-arn ${policy} --access-scope type=namespace,namespaces=${namespace}`,
  ].join('\n');
}
