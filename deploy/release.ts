import { resolve } from 'node:path';
import type { Cluster } from './cluster.ts';
import { Evidence } from './evidence.ts';
import { Failure } from './failure.ts';
import { type ImageValues, ROOT } from './image.ts';
import type { Version } from './requirements.ts';
import { ToolFailure } from './tools.ts';

export const RELEASE = 'jwt-api';
const CHART = resolve(ROOT, 'charts/jwt-api');

interface Upgrade {
  image: ImageValues;
  /** Files with more values, separated by commas. */
  values?: string;
  timeout: string;
  helm: Version;
  tell: (line: string) => void;
}

/**
 * Installs or upgrades the release, waits until its pods are ready, and goes back to what was there if they do not
 * get so. Answers the revision. The same image, chart and values again make a revision that restarts no pod, and
 * mends what somebody took away by hand.
 */
export async function upgrade(
  cluster: Cluster,
  { image, values, timeout, helm, tell }: Upgrade,
): Promise<string> {
  const evidence = new Evidence(cluster, RELEASE, tell);
  const args = [
    ...(values ? ['--values', values] : []),
    ...Object.entries(image).flatMap(([key, value]) => ['--set-string', `image.${key}=${value}`]),
    ...['--timeout', timeout],
    ...waitingOf(helm),
  ];
  try {
    const output = await evidence.during(() => cluster.helm('upgrade', '--install', RELEASE, CHART, ...args));
    return /^REVISION: (\d+)$/m.exec(output)?.[1] ?? '';
  } catch (error) {
    throw error instanceof ToolFailure ? explain(error, evidence, cluster) : error;
  }
}

/** How Helm waits and goes back. Helm 4's own watcher may hang on a healthy Deployment: so the way of Helm 3. */
export function waitingOf([major]: Version): string[] {
  return major >= 4 ? ['--wait=legacy', '--rollback-on-failure'] : ['--wait', '--atomic'];
}

/** Runs the chart's own test in the cluster. Its pod stays when it fails, and its log is part of the failure. */
export async function test(cluster: Cluster, timeout: string, tell: (line: string) => void): Promise<void> {
  const evidence = new Evidence(cluster, RELEASE, tell);
  try {
    await evidence.during(() => cluster.helm('test', RELEASE, '--timeout', timeout));
  } catch (error) {
    throw error instanceof ToolFailure ? explain(error, evidence, cluster) : error;
  }
}

function explain({ output, message }: ToolFailure, evidence: Evidence, cluster: Cluster): Failure {
  const said = /^Error: .*/m.exec(output)?.[0] ?? message;
  if (/another operation .* is in progress/.test(said)) {
    const helm = ['helm', ...cluster.helmOptions()].join(' ');
    return new Failure('another run changes this release, or was killed while it did', {
      hint: `If none is under way: ${helm} rollback ${RELEASE}\nor, if it was the first install: ${helm} uninstall ${RELEASE}`,
      detail: said,
    });
  }
  return new Failure(evidence.cause ?? said, {
    detail: [said, evidence.report()].filter(Boolean).join('\n'),
  });
}
