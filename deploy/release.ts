import { resolve } from 'node:path';
import type { Cluster } from './cluster.ts';
import { Evidence } from './evidence.ts';
import { Failure } from './failure.ts';
import { type ImageValues, ROOT } from './image.ts';
import type { Version } from './requirements.ts';
import { ToolFailure } from './tool-failure.ts';

export const RELEASE = 'jwt-api';
const CHART = resolve(ROOT, 'charts/jwt-api');

/** What the chart is to make of the release. */
export interface Wanted {
  image: ImageValues;
  /** Files with more values, separated by commas. */
  values?: string;
  /** Single values, which win. */
  settings?: [name: string, value: string][];
  /** What the release's history tells of the revision. */
  description?: string;
}

/** How Helm goes about it. */
export interface Manner {
  timeout: string;
  helm: Version;
  tell: (line: string) => void;
}

/** The arguments of `helm upgrade` that say what is wanted. */
export function upgradeArguments({ image, values, settings = [], description }: Wanted): string[] {
  const images = Object.entries(image).map(([key, value]) => [`image.${key}`, value]);
  return [
    ...['upgrade', '--install', RELEASE, CHART],
    ...(values ? ['--values', values] : []),
    ...[...images, ...settings].flatMap(([name, value]) => ['--set-string', `${name}=${value}`]),
    ...(description ? ['--description', description] : []),
  ];
}

/**
 * Installs or upgrades the release, waits until its pods are ready, and goes back to what was there if they do not
 * get so. Answers the revision. The same image, chart and values again make a revision that restarts no pod, and
 * mends what somebody took away by hand.
 */
export async function upgrade(cluster: Cluster, wanted: Wanted, manner: Manner): Promise<number> {
  const args = [...upgradeArguments(wanted), '--timeout', manner.timeout, ...waitingOf(manner.helm)];
  const output = await watched(cluster, manner, args);
  return Number(/^REVISION: (\d+)$/m.exec(output)?.[1]);
}

/** Runs the chart's own test in the cluster. Its pod stays when it fails, and its log is part of the failure. */
export async function test(cluster: Cluster, manner: Manner): Promise<void> {
  await watched(cluster, manner, ['test', RELEASE, '--timeout', manner.timeout]);
}

/** Brings a revision back, and waits until its pods are ready. */
export async function rollBack(cluster: Cluster, revision: number, manner: Manner): Promise<void> {
  const args = ['rollback', RELEASE, `${revision}`, '--timeout', manner.timeout, ...waitingFor(manner.helm)];
  await watched(cluster, manner, args);
}

export async function uninstall(cluster: Cluster, { timeout }: Manner): Promise<void> {
  await cluster.helm('uninstall', RELEASE, '--timeout', timeout);
}

/** How Helm waits. Helm 4's own watcher may hang on a healthy Deployment: so the way of Helm 3. */
export function waitingFor([major]: Version): string[] {
  return major >= 4 ? ['--wait=legacy'] : ['--wait'];
}

/** How Helm waits and goes back. */
export function waitingOf(version: Version): string[] {
  return [...waitingFor(version), version[0] >= 4 ? '--rollback-on-failure' : '--atomic'];
}

/** Runs Helm while the pods are watched, and makes of its failure one that is explained. */
async function watched(cluster: Cluster, { tell }: Manner, args: string[]): Promise<string> {
  const evidence = new Evidence(cluster, RELEASE, tell);
  try {
    return await evidence.during(() => cluster.helm(...args));
  } catch (error) {
    throw error instanceof ToolFailure ? explain(error, evidence, cluster) : error;
  }
}

/** What Helm says where it waited in vain: why, only the pods tell. */
const WAITED_IN_VAIN = /deadline exceeded|timed out|not ready|pod \S+ failed/;

function explain({ output, message }: ToolFailure, evidence: Evidence, cluster: Cluster): Failure {
  const said = /^Error: [\s\S]*/m.exec(output)?.[0].trim().replaceAll(/\s+/g, ' ') ?? message;
  if (/another operation .* is in progress/.test(said)) {
    const helm = ['helm', ...cluster.helmOptions()].join(' ');
    return new Failure('another run changes this release, or was killed while it did', {
      hint: `If none is under way: ${helm} rollback ${RELEASE}\nor, if it was the first install: ${helm} uninstall ${RELEASE}`,
      detail: said,
    });
  }
  const cause = (WAITED_IN_VAIN.test(said) && evidence.cause) || said;
  const detail = [cause === said ? '' : said, evidence.report()].filter(Boolean).join('\n');
  return new Failure(cause, { detail });
}
