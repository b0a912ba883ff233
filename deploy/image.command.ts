import { appendFileSync, writeFileSync } from 'node:fs';
import { defineCommand, type Session } from './command.ts';
import { commitOf, commitsBefore } from './commit.ts';
import { ecrRepository, logIn, newestTag } from './ecr.ts';
import { build } from './image.ts';
import { options } from './options.ts';
import { findTag, pushTag } from './registry.ts';
import { requireTools } from './requirements.ts';
import type { Tools } from './tools.ts';

/** From a commit to an image in the registry, once. */
export const image = defineCommand({
  summary: 'builds the image of a commit and pushes it, unless the registry has it',
  about: `The image's tag is the commit, so the sources must be that commit's, without changes. If the registry has the tag, its
image is taken as it is: a second run is quick, and tags that never move are no trouble. The digest is printed, written to
--digest-file, and is the output image-digest of a step of GitHub Actions. Docker logs in to Amazon ECR by the AWS CLI, with
the credentials of the environment; to any other registry you do: docker login HOST.`,
  options: options
    .pick({ registry: true, commit: true, 'digest-file': true, json: true, verbose: true })
    .required({ registry: true }),
  run: async (given, session) => {
    const { tools, progress, result } = session;
    const ecr = ecrRepository(given.registry);
    await progress.step('Check the tools', () => requireTools(tools, ecr ? ['docker', 'aws'] : ['docker']));
    const commit = await progress.step(
      'Find the commit',
      () => commitOf(tools, given.commit),
      (commit) => commit,
    );
    if (ecr) {
      await progress.step(`Log in to ${ecr.host}`, () => logIn(tools, ecr));
    }
    const found = await progress.step(
      `Look for the commit in ${given.registry}`,
      () => findTag(tools, given.registry, commit),
      (digest) => (digest ? 'there: nothing to build' : 'not there yet'),
    );
    const digest = found ?? (await publish(session, given.registry, commit));
    Object.assign(result, { commit, image: `${given.registry}@${digest}`, digest, built: !found });
    tell(digest, given['digest-file']);
  },
});

async function publish({ tools, progress }: Session, repository: string, commit: string): Promise<string> {
  const local = `${repository}:${commit}`;
  await progress.step('Build the image', async () =>
    build(tools, local, commit, await cacheOf(tools, repository)),
  );
  return await progress.step(
    'Push it',
    () => pushTag(tools, local, repository, commit),
    (digest) => digest,
  );
}

/** From the layers of the last images, which carry their cache with them. One that is missing does no harm. */
async function cacheOf(tools: Tools, repository: string): Promise<string[]> {
  const ecr = ecrRepository(repository);
  const newest = ecr ? await newestTag(tools, ecr) : '';
  const before = [...new Set([newest, ...(await commitsBefore(tools))])].filter(Boolean);
  const from = before.flatMap((tag) => ['--cache-from', `${repository}:${tag}`]);
  return ['--build-arg', 'BUILDKIT_INLINE_CACHE=1', ...from];
}

/** Tells the digest to whoever goes on with it: people, a file, a later step of GitHub Actions. */
function tell(digest: string, file?: string): void {
  process.stdout.write(`${digest}\n`);
  if (file) {
    writeFileSync(file, `${digest}\n`);
  }
  if (process.env.GITHUB_OUTPUT) {
    appendFileSync(process.env.GITHUB_OUTPUT, `image-digest=${digest}\n`);
  }
}
