import { readdirSync, readFileSync } from 'node:fs';
import { parse, parseAllDocuments } from 'yaml';
import { type Doc, planted } from './cloudformation.js';

const GROUP = 'jwt-api-deployers';
const documents = (name: string): Doc[] =>
  parseAllDocuments(readFileSync(`kubernetes/${name}.yaml`, 'utf8')).map((document) => document.toJS());

/** The kinds of the chart that are not Kubernetes' own. */
function customKinds(): string[] {
  const folder = 'charts/jwt-api/templates';
  const templates = readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => readFileSync(`${folder}/${name}`, 'utf8'));
  const kinds = templates.flatMap((template) =>
    [...template.matchAll(/^apiVersion: (\S+)\/\S+\nkind: (\S+)/gm)].map(
      ([, group, kind]) => `${group}/${kind}`,
    ),
  );
  return kinds.filter((kind) => !/^(apps|autoscaling|policy|networking\.k8s\.io)\//.test(kind)).sort();
}

/** What is wrong with what a Role allows. */
function faults({ kind, metadata, rules }: Doc): string[] {
  const allowed = rules.flatMap(({ apiGroups, resources, verbs }: Doc) => [
    ...apiGroups,
    ...resources,
    ...verbs,
  ]);
  const granted = rules.flatMap(({ apiGroups, resources }: Doc) =>
    resources.map((resource: string) => `${apiGroups}/${resource}`),
  );
  const wanted = customKinds().map((custom) => `${custom.toLowerCase().replace(/s$/, 'se')}s`);
  return [
    ...(kind === 'Role' && metadata.namespace ? [] : ['it is for the whole cluster']),
    ...allowed
      .filter((word: string) => /[*]|escalate|bind|impersonate/.test(word))
      .map((word: string) => `it has ${word}`),
    ...wanted.filter((resource) => !granted.includes(resource)).map((resource) => `it lacks ${resource}`),
    ...granted
      .filter((resource: string) => !wanted.includes(resource))
      .map((resource: string) => `it has ${resource}`),
  ];
}

describe("what the cluster's administrator applies", () => {
  it('should hold every pod of the namespace to the restricted standard', () => {
    const [namespace] = documents('namespace');
    expect(namespace.kind).toBe('Namespace');
    expect(Object.values(namespace.metadata.labels)).toEqual(['restricted', 'restricted', 'restricted']);
    expect(namespace.metadata.labels).toHaveProperty(['pod-security.kubernetes.io/enforce']);
  });

  it('should allow the custom resources that the chart can make, and no more', () => {
    expect(customKinds()).toContain('external-secrets.io/ExternalSecret');
    expect(faults(documents('deployers')[0])).toEqual([]);
  });

  it.each<[fault: string, change: (role: Doc) => void]>([
    ['it lacks monitoring.coreos.com/servicemonitors', ({ rules }) => rules.splice(2, 1)],
    [
      'it has /secrets',
      ({ rules }) => rules.push({ apiGroups: [''], resources: ['secrets'], verbs: ['get'] }),
    ],
    ['it has *', ({ rules }) => rules[0].verbs.push('*')],
    ['it is for the whole cluster', (role) => (role.kind = 'ClusterRole')],
  ])('should not pass: %s', (fault, change) => {
    expect(faults(planted(documents('deployers')[0], change))).toContain(fault);
  });

  it('should bind one group, in the namespace', () => {
    const bindings = [...documents('deployers').slice(1), ...documents('config-map-cluster')];
    expect(bindings.map(({ kind, roleRef }) => `${kind} of ${roleRef.kind} ${roleRef.name}`)).toEqual([
      `RoleBinding of Role ${GROUP}`,
      'RoleBinding of ClusterRole edit',
    ]);
    const [{ metadata }] = documents('namespace');
    for (const binding of bindings) {
      expect(binding.subjects).toEqual([
        { apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: GROUP },
      ]);
      expect(binding.metadata.namespace).toBe(metadata.name);
    }
  });

  it('should use the group that both stacks give', () => {
    for (const name of ['pipeline', 'github-oidc']) {
      expect(readFileSync(`cloudformation/${name}.yml`, 'utf8')).toContain(`KubernetesGroups: [${GROUP}]`);
    }
    expect(parse(readFileSync('kubernetes/namespace.yaml', 'utf8')).metadata.name).toBe('jwt-api');
  });
});
