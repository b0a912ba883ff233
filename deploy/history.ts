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

/**
 * The revision to go back to where another fails: the one that serves. After a rollback that failed Helm calls none
 * deployed, although pods may serve; it is the last that was, then. None if there was never one.
 */
export function refuge(history: Revision[]): Revision | undefined {
  return deployed(history) ?? history.findLast(({ status }) => status === 'superseded');
}

/** The revision that a rollback brings back; nothing if it was none, or to one that the history has no more. */
function targetOf(history: Revision[], { description }: Revision): Revision | undefined {
  const [, target] = /^Rollback to (\d+)/.exec(description) ?? [];
  return history.find(({ revision }) => revision === Number(target));
}

/** The revision whose content another has: itself, unless it was a rollback. */
export function originOf(history: Revision[], revision: Revision): Revision {
  const target = targetOf(history, revision);
  return target ? originOf(history, target) : revision;
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
  const last = history.at(-1);
  if (!last || !UNFINISHED.includes(last.status)) {
    return undefined;
  }
  const { status } = last;
  // A rollback goes on to where it was going: what it leaves is what had failed, although Helm calls it deployed.
  const good = (status === 'pending-rollback' && targetOf(history, last)) || refuge(history);
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
