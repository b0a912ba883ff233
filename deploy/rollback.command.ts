import { takeBack, withOutcome } from './change.ts';
import type { Cluster } from './cluster.ts';
import { defineCommand, type Session } from './command.ts';
import { Failure } from './failure.ts';
import { commitOfRevision, deployed, historyOf, lastGood, mend } from './history.ts';
import { withLock } from './lock.ts';
import { notBoth, options } from './options.ts';
import { type Manner, rollBack, test } from './release.ts';
import { checkTools, withTarget } from './target.ts';

const picked = options.pick({
  context: true,
  cluster: true,
  namespace: true,
  timeout: true,
  json: true,
  verbose: true,
});

/** From what serves to what served before. */
export const rollback = defineCommand({
  summary: 'brings the last good revision back, and tests it',
  about: `The last revision that served before the one that does now, and is not the same. Waits while another run changes the
release. Again, it goes back one further. If it fails, what served goes on. The keys stay as they are, so every token stays good.`,
  options: notBoth(picked, 'context', 'cluster'),
  run: async ({ timeout, ...target }, session) => {
    const { helm } = await checkTools(session, target.cluster !== undefined);
    const manner = { timeout, helm, tell: (line: string) => session.progress.note(line) };
    await withTarget(session, target, async (cluster) => {
      await cluster.requireNamespace();
      await withLock(session, cluster, () => goBack(session, cluster, manner));
    });
  },
});

async function goBack(session: Session, cluster: Cluster, manner: Manner): Promise<void> {
  const { progress, result } = session;
  await progress.step(
    'Look for what a run left behind',
    () => mend(cluster, manner),
    (state) => state,
  );
  const history = await historyOf(cluster);
  const [good, serving] = [await lastGood(cluster, history), deployed(history)];
  if (!good) {
    throw new Failure(
      serving
        ? `no other revision served before revision ${serving.revision}`
        : `nothing is installed in the namespace ${cluster.namespace}`,
    );
  }
  try {
    await progress.step(`Bring back revision ${good.revision}`, () =>
      rollBack(cluster, good.revision, manner),
    );
    await progress.step('Test the release in the cluster', () => test(cluster, manner));
  } catch (error) {
    const told = serving ? await takeBack(error, session, { cluster, manner }, serving.revision) : error;
    throw await withOutcome(told, session, cluster);
  }
  const revision = deployed(await historyOf(cluster))?.revision;
  Object.assign(result, { revision, as: good.revision, commit: commitOfRevision(history, good) });
  process.stdout.write(`revision ${revision} is revision ${good.revision} again\n`);
}
