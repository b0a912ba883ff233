import { gone } from './choose-cluster.ts';
import type { Cluster } from './cluster.ts';
import type { Session } from './command.ts';
import { Failure, Interrupted } from './failure.ts';
import { historyOf, mend, type Revision, refuge } from './history.ts';
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
  const before = refuge(await historyOf(cluster))?.revision;
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
    await progress
      .step('Test the release in the cluster', () => test(cluster, manner))
      .catch(async (error: unknown) => {
        throw await takeBack(error, session, change, before);
      });
  } catch (error) {
    throw await withOutcome(error, session, cluster);
  }
  await sign(session, keys);
}

/** Brings back what was there before a failure, or uninstalls what was the first. Answers the failure to tell of. */
export async function takeBack(
  error: unknown,
  { progress }: Session,
  { cluster, manner }: Pick<Change, 'cluster' | 'manner'>,
  before?: number,
): Promise<unknown> {
  if (!(error instanceof Failure) || error instanceof Interrupted) {
    return error;
  }
  try {
    await (before
      ? progress.step(`Bring back revision ${before}`, () => rollBack(cluster, before, manner))
      : progress.step('Uninstall it', () => uninstall(cluster, manner)));
    return error;
  } catch (second) {
    if (!(second instanceof Failure) || second instanceof Interrupted) {
      return second;
    }
    const detail = [error.detail, `Nor could it be taken back: ${second.message}`, second.detail];
    return new Failure(error.message, { detail: detail.filter(Boolean).join('\n') });
  }
}

/** Adds to a failure what serves after it. */
export async function withOutcome(error: unknown, { result }: Session, cluster: Cluster): Promise<unknown> {
  if (!(error instanceof Failure) || error instanceof Interrupted) {
    return error;
  }
  const history = await historyOf(cluster).catch(() => undefined);
  if (!history) {
    return gone(cluster.context);
  }
  const last = history.at(-1);
  result.revision = last?.revision;
  result.release = last ? (last.status === 'deployed' ? 'rolled back' : last.status) : 'uninstalled';
  return new Failure(error.message, {
    detail: error.detail,
    hint: [error.hint, outcomeOf(last)].filter(Boolean).join('\n'),
  });
}

function outcomeOf(last?: Revision): string {
  if (!last) {
    return 'Nothing was installed before, and nothing is now.';
  }
  const { revision, status } = last;
  return status === 'deployed'
    ? `Revision ${revision} serves what served before.`
    : `Revision ${revision} is left ${status}: what ran goes on as it is. Run the same again, it mends the release.`;
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
