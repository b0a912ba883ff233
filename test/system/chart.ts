import { spawnSync } from 'node:child_process';
import { parseAllDocuments } from 'yaml';

export const CHART = 'charts/jwt-api';
export const HELMS = ['helm', 'helm3'] as const;
export type Helm = (typeof HELMS)[number];

/** What the chart renders, as far as every object has it. */
export interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: { name: string; labels: Record<string, string>; annotations?: Record<string, string> };
  spec?: unknown;
}

/** Runs a program to its end. */
export function run(program: string, args: string[], input = '') {
  const { status, stdout, stderr, error } = spawnSync(program, args, { input, encoding: 'utf8' });
  if (error) {
    throw error;
  }
  return { status, stdout, stderr };
}

/** `helm template` with these values. The version is given, as a Helm that was built without one takes 1.20. */
export function template(
  values: object,
  { helm = 'helm' as Helm, release = 'jwt-api', kube = '1.35.0' } = {},
) {
  const args = ['template', release, CHART, '--kube-version', kube, '--values', '-'];
  return run(helm, args, JSON.stringify(values));
}

/** The objects that the chart renders; fails where it renders none. */
export function render(values: object = {}, options: Parameters<typeof template>[1] = {}): Manifest[] {
  const { status, stdout, stderr } = template(values, options);
  if (status !== 0) {
    throw new Error(stderr);
  }
  return manifests(stdout);
}

/** YAML 1.1 is what Kubernetes reads: there 0440 is an octal number. */
export function manifests(yaml: string): Manifest[] {
  return parseAllDocuments(yaml, { version: '1.1' }).map((document) => document.toJS() as Manifest);
}

/** The only object of a kind, or of a kind and a name. */
export function only(objects: Manifest[], kind: string, name?: string): Manifest {
  const found = objects.filter((object) => object.kind === kind && (!name || object.metadata.name === name));
  if (found.length !== 1) {
    throw new Error(`${found.length} objects of kind ${kind}`);
  }
  return found[0] as Manifest;
}

/** The container of the Deployment, or of the test's Pod. */
export function container(objects: Manifest[], kind = 'Deployment') {
  const spec = only(objects, kind).spec as Pod & { template?: { spec: Pod } };
  return (spec.template?.spec ?? spec).containers[0];
}

interface Pod {
  containers: [{ image: string; env: { name: string; value: string }[]; args: string[] }];
}
