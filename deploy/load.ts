import type { Context, Provider } from './context.ts';
import { Failure } from './failure.ts';
import type { ToolName } from './requirements.ts';
import type { Tools } from './tools.ts';

/** How an image gets from Docker's engine onto the nodes: the tool, and what to tell it. */
interface Loader {
  tool: ToolName;
  arguments: (context: string, image: string) => string[];
}

const loaders: Record<Exclude<Provider, 'shared'>, Loader> = {
  kind: {
    tool: 'kind',
    arguments: (context, image) => ['load', 'docker-image', image, '--name', context.slice('kind-'.length)],
  },
  minikube: {
    tool: 'minikube',
    arguments: (context, image) => ['image', 'load', image, '--profile', context],
  },
  k3d: {
    tool: 'k3d',
    arguments: (context, image) => ['image', 'import', image, '--cluster', context.slice('k3d-'.length)],
  },
};

/**
 * What loads an image into this cluster; nothing where the nodes share Docker's engine.
 * @throws {Failure} where nothing can, so that only a registry is left
 */
export function loaderOf({ name, provider }: Context): Loader | undefined {
  if (!provider) {
    throw new Failure(`nothing can load an image into the cluster of the context ${name}`, {
      hint: 'Give a registry that its nodes pull from, and that docker is logged in to: --registry HOST/REPOSITORY',
    });
  }
  return provider === 'shared' ? undefined : loaders[provider];
}

/** Brings an image onto the nodes. */
export async function loadImage(tools: Tools, context: Context, image: string): Promise<void> {
  const loader = loaderOf(context);
  if (loader) {
    await tools.run(loader.tool, loader.arguments(context.name, image));
  }
}
