import { gone } from './choose-cluster.ts';
import type { Cluster } from './cluster.ts';
import type { Session } from './command.ts';
import { Failure, Interrupted } from './failure.ts';
import { deployed, historyOf, mend } from './history.ts';
import type { Keys } from './keys.ts';
import { type Manner, rollBack, test, uninstall, upgrade, type Wanted } from './release.ts';

/** What a release changes, where. */
export interface Change {
  cluster: Cluster;
  keys?: Keys;
  manner: Manner;
  wanted: Wanted;
}

/** Mends what is to be mended, upgrades, tests, and goes back where that fails. Only for whoever holds the lock. */
export async function changeRelease(session: Session, change: Change): Promise<void> {
  const { progress, result } = session;
  const { cluster, keys, manner, wanted } = change;
  await progress.step(
    'Look for what a run left behind',
    () => mend(cluster, manner),
    (state) => state,
  );
  const before = deployed(await historyOf(cluster))?.revision;
  if (keys) {
    await progress.step(
      `Bring the key ${keys.id} into the cluster`,
      () => keys.add(),
      (count) => (count === 1 ? 'the only one' : `${count} keys`),
    );
  }
  try {
    result.revision = await progress.step(
      before ? `Upgrade the release from revision ${before}` : 'Install the release',
      () => upgrade(cluster, wanted, manner),
      (revision) => `revision ${revision}`,
    );
    await tested(session, change, before);
  } catch (error) {
    throw await withOutcome(error, session, cluster);
  }
  await sign(session, keys);
}

/** Tests the release, and if that fails brings back what was there before. */
async function tested({ progress }: Session, { cluster, manner }: Change, before?: number): Promise<void> {
  try {
    await progress.step('Test the release in the cluster', () => test(cluster, manner));
  } catch (error) {
    if (error instanceof Interrupted) {
      throw error;
    }
    await (before
      ? progress.step(`Bring back revision ${before}`, () => rollBack(cluster, before, manner))
      : progress.step('Uninstall it', () => uninstall(cluster, manner)));
    throw error;
  }
}

/** Adds to a failure what serves after it. */
async function withOutcome(error: unknown, { result }: Session, cluster: Cluster): Promise<unknown> {
  if (!(error instanceof Failure) || error instanceof Interrupted) {
    return error;
  }
  const history = await historyOf(cluster).catch(() => undefined);
  if (!history) {
    return gone(cluster.context);
  }
  const serving = deployed(history)?.revision;
  result.revision = serving;
  result.release = serving ? 'rolled back' : 'uninstalled';
  const outcome = serving
    ? `Revision ${serving} serves what served before.`
    : 'Nothing was installed before, and nothing is now.';
  const hint = [error.hint, outcome].filter(Boolean).join('\n');
  return new Failure(error.message, { detail: error.detail, hint });
}

/** Every pod is of this revision now, and so has the key. */
async function sign({ progress }: Session, keys?: Keys): Promise<void> {
  if (keys) {
    await progress.step(
      `Sign with the key ${keys.id}`,
      () => keys.activate(),
      (others) => (others.length > 0 ? `accepted as well: ${others.join(', ')}` : ''),
    );
  }
}
