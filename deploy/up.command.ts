import { addressOf } from './address.ts';
import { chooseContext, consent, reach } from './choose-cluster.ts';
import { Cluster } from './cluster.ts';
import { defineCommand, type Session } from './command.ts';
import type { Context } from './context.ts';
import { buildImage, type ImageValues } from './image.ts';
import { loaderOf, loadImage } from './load.ts';
import { options } from './options.ts';
import { pushTag } from './registry.ts';
import { test, upgrade } from './release.ts';
import { requireTools } from './requirements.ts';

/** A laptop's way from the sources to a running release. */
export const up = defineCommand({
  summary: 'builds the image, brings it into a local cluster, installs the chart and tests it',
  about: `Takes the current context of the kubeconfig, or the one that --context names. A kind, minikube or k3d cluster has the
image loaded into it; Docker Desktop, Rancher Desktop, OrbStack and Colima have it already. Any other cluster needs
--registry, which docker must be logged in to and the nodes must be able to pull from. Before a cluster is changed that does
not look local, it asks. A namespace that is missing is made. A second run without a change restarts nothing.`,
  options: options.pick({
    context: true,
    namespace: true,
    registry: true,
    values: true,
    timeout: true,
    yes: true,
    verbose: true,
  }),
  run: async ({ context: name, namespace, registry, values, timeout, yes }, session) => {
    const { tools, progress } = session;
    const { helm } = await progress.step('Check the tools', () =>
      requireTools(tools, ['docker', 'helm', 'kubectl']),
    );
    const context = await progress.step(
      'Find the cluster',
      () => findCluster(session, { name, registry, yes }),
      ({ name, server }) => `${name}, ${server}`,
    );
    const image = await progress.step(
      'Build the image',
      () => buildImage(tools),
      (image) => image,
    );
    const reference = await deliver(session, { context, registry, image });
    const cluster = new Cluster(tools, context, namespace);
    await progress.step(
      `Prepare the namespace ${namespace}`,
      () => cluster.ensureNamespace(),
      (state) => state,
    );
    const manner = { timeout, helm, tell: (line: string) => progress.note(line) };
    await progress.step(
      'Install the chart',
      () => upgrade(cluster, { image: reference, values }, manner),
      (revision) => `revision ${revision}`,
    );
    await progress.step('Test the release in the cluster', () => test(cluster, manner));
    process.stdout.write(`\n${await addressOf(cluster)}`);
  },
});

interface Wanted {
  name?: string;
  registry?: string;
  yes: boolean;
}

/** The cluster, once it is known to be meant, to answer, and to be one that an image can be brought into. */
async function findCluster({ tools }: Session, { name, registry, yes }: Wanted): Promise<Context> {
  const context = await chooseContext(tools, name);
  await consent(context, yes);
  const loader = registry ? undefined : loaderOf(context);
  await Promise.all([reach(tools, context), loader && requireTools(tools, [loader.tool])]);
  return context;
}

interface Delivery {
  context: Context;
  registry?: string;
  image: string;
}

/** Brings the image to where the nodes find it, and answers how the chart names it there. */
async function deliver({ tools, progress }: Session, delivery: Delivery): Promise<ImageValues> {
  const { context, registry, image } = delivery;
  if (registry) {
    const digest = await progress.step(
      `Push the image to ${registry}`,
      () => pushTag(tools, image, registry, image.slice(image.indexOf(':') + 1)),
      (digest) => digest,
    );
    return { repository: registry, tag: '', digest };
  }
  await progress.step(`Bring the image into ${context.name}`, () => loadImage(tools, context, image));
  const [repository = '', tag = ''] = image.split(':');
  return { repository, tag, digest: '' };
}
