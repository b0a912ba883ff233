import { type Change, changeRelease } from './change.ts';
import { defineCommand, type Session } from './command.ts';
import { commitOf } from './commit.ts';
import { historyOf } from './history.ts';
import { Keys } from './keys.ts';
import { withLock } from './lock.ts';
import { diffOf } from './manifest-diff.ts';
import { notBoth, options } from './options.ts';
import { RELEASE, upgradeArguments } from './release.ts';
import { nameOf, readSecret } from './secret.ts';
import { checkTools, withTarget } from './target.ts';

const picked = options
  .pick({
    registry: true,
    digest: true,
    commit: true,
    context: true,
    cluster: true,
    namespace: true,
    values: true,
    'secret-parameter': true,
    'secret-id': true,
    timeout: true,
    diff: true,
    json: true,
    verbose: true,
  })
  .required({ registry: true, digest: true });

/** From an image in the registry to pods that serve it. */
export const release = defineCommand({
  summary:
    'installs or upgrades the release by the digest of an image, tests it, and goes back if that fails',
  about: `Waits while another run changes the release, and first mends what one that died has left. Whatever fails, the revision
before serves on; a first install that fails is uninstalled. The secret that signs comes from JWT_SECRET in the environment,
else from --secret-parameter or --secret-id; where none is set, the chart and --values decide. Another secret than before
becomes a key beside the earlier ones, whose tokens stay good, and signs once every pod has it.`,
  options: notBoth(notBoth(picked, 'secret-id', 'secret-parameter'), 'context', 'cluster'),
  run: async (given, session) => {
    const { tools, progress, result } = session;
    const { helm } = await checkTools(
      session,
      Boolean(given.cluster ?? given['secret-parameter'] ?? given['secret-id']),
    );
    const commit = await progress.step(
      'Find the commit',
      () => commitOf(tools, given.commit),
      (commit) => commit,
    );
    const image = { repository: given.registry, tag: '', digest: given.digest };
    Object.assign(result, { commit, image: `${image.repository}@${image.digest}` });
    const source = nameOf(given);
    const secret =
      source && (await progress.step(`Read the secret from ${source}`, () => readSecret(tools, given)));
    const manner = { timeout: given.timeout, helm, tell: (line: string) => progress.note(line) };
    const wanted = { image, values: given.values, description: `commit ${commit}` };
    await withTarget(session, given, async (cluster) => {
      await cluster.requireNamespace();
      const keys = secret ? new Keys(cluster, secret) : undefined;
      const change = { cluster, keys, manner, wanted: { ...wanted, settings: keys?.values } };
      await (given.diff
        ? showDiff(session, change)
        : withLock(session, cluster, () => changeRelease(session, change)));
    });
  },
});

async function showDiff({ progress, result }: Session, { cluster, wanted }: Change): Promise<void> {
  const difference = await progress.step('Compare with what is there', async () => {
    const isThere = (await historyOf(cluster)).length > 0;
    const before = isThere ? await cluster.helmAnswer('get', 'manifest', RELEASE) : '';
    const dryRun = ['--dry-run=server', '--hide-secret', '--output', 'json'];
    const answer = await cluster.helmAnswer(...upgradeArguments(wanted), ...dryRun);
    return diffOf(before, (JSON.parse(answer) as { manifest: string }).manifest);
  });
  result.changes = difference !== '';
  process.stdout.write(`${difference || 'nothing would change'}\n`);
}
