import type { Cluster } from './cluster.ts';
import { type Manner, RELEASE, rollBack, uninstall } from './release.ts';
import { ToolFailure } from './tool-failure.ts';

/** A revision as `helm history` lists it. */
export interface Revision {
  revision: number;
  updated: string;
  status: string;
  chart: string;
  description: string;
}

/** The revisions of the release, the oldest first; none if it is not installed. */
export async function historyOf(cluster: Cluster): Promise<Revision[]> {
  try {
    return JSON.parse(await cluster.helmAnswer('history', RELEASE, '--output', 'json')) as Revision[];
  } catch (error) {
    if (error instanceof ToolFailure && /release: not found/.test(error.output)) {
      return [];
    }
    throw error;
  }
}

/** The revision that serves. */
export function deployed(history: Revision[]): Revision | undefined {
  return history.findLast(({ status }) => status === 'deployed');
}

/** The revision whose content another has: itself, unless it was a rollback. */
export function originOf(history: Revision[], revision: Revision): Revision {
  const [, target] = /^Rollback to (\d+)/.exec(revision.description) ?? [];
  const found = history.find((candidate) => candidate.revision === Number(target));
  return found ? originOf(history, found) : revision;
}

/** The revisions that served before the content of the one that does, the latest first. */
export function servedBefore(history: Revision[]): Revision[] {
  const current = deployed(history) ?? history.at(-1);
  // What came after the content of today's was already gone back from.
  const content = current ? originOf(history, current).revision : 0;
  return history.filter(({ status, revision }) => status === 'superseded' && revision < content).reverse();
}

/** The last revision that served before the one that does, with another content. */
export async function lastGood(cluster: Cluster, history: Revision[]): Promise<Revision | undefined> {
  const manifestOf = ({ revision }: Revision) =>
    cluster.helmAnswer('get', 'manifest', RELEASE, '--revision', `${revision}`);
  const candidates = servedBefore(history);
  const today =
    candidates.length > 0 ? await manifestOf(deployed(history) ?? (history.at(-1) as Revision)) : '';
  for (const candidate of candidates) {
    if ((await manifestOf(candidate)) !== today) {
      return candidate;
    }
  }
  return undefined;
}

/** The commit of a revision, which its description tells. */
export function commitOfRevision(history: Revision[], revision: Revision): string | undefined {
  return /^commit ([0-9a-f]{40})$/.exec(originOf(history, revision).description)?.[1];
}

const UNFINISHED = ['pending-install', 'pending-upgrade', 'pending-rollback', 'uninstalling'];

/** How a release is mended that a run has left in the middle. */
export interface Mending {
  status: string;
  /** The revision to go back to; none if there was never a good one, so that it is uninstalled. */
  target?: number;
}

/** What is to be mended, if anything is. Only whoever holds the lock knows that nobody is at it any more. */
export function mendingOf(history: Revision[]): Mending | undefined {
  const status = history.at(-1)?.status ?? '';
  if (!UNFINISHED.includes(status)) {
    return undefined;
  }
  const good = deployed(history) ?? history.findLast((candidate) => candidate.status === 'superseded');
  return { status, target: status === 'uninstalling' ? undefined : good?.revision };
}

/** Mends it, and tells what was done. */
export async function mend(cluster: Cluster, manner: Manner): Promise<string> {
  const mending = mendingOf(await historyOf(cluster));
  if (!mending) {
    return 'nothing to mend';
  }
  const { status, target } = mending;
  if (target === undefined) {
    await uninstall(cluster, manner);
    return `was ${status}, with no good revision: uninstalled`;
  }
  await rollBack(cluster, target, manner);
  return `was ${status}: back to revision ${target}`;
}
