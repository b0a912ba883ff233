import { Failure } from './failure.ts';
import { ToolFailure } from './tool-failure.ts';
import type { Tools } from './tools.ts';

/** What registries say of a tag that is not there, or of a repository without any; the last is Docker's own, with containerd's store. */
const NOT_FOUND =
  /manifest unknown|manifest for .* not found|name unknown: repository name not known|failed to resolve reference .*: not found/;
/** What ECR says of a tag that may not be moved. */
const TAKEN = /tag is immutable|already exists in the .* repository/;
/** What registries say to whom they do not know, or do not let in. */
const REFUSED = /no basic auth|unauthorized|authentication required|denied|does not exist|not exist|403|401/i;

/** The digest under which a tag is in the registry; nothing if it is not. It is pulled, which works with any registry. */
export async function findTag(tools: Tools, repository: string, tag: string): Promise<string | undefined> {
  try {
    return digestIn(await tools.run('docker', ['pull', `${repository}:${tag}`]), repository);
  } catch (error) {
    if (error instanceof ToolFailure && NOT_FOUND.test(error.output)) {
      return undefined;
    }
    throw error instanceof ToolFailure ? explain(error, repository) : error;
  }
}

/**
 * Pushes an image of Docker's engine under a tag, and answers its digest there. Whoever pushed that tag in the meantime,
 * where no tag ever moves, was first: theirs is then the image.
 */
export async function pushTag(tools: Tools, image: string, repository: string, tag: string): Promise<string> {
  const target = `${repository}:${tag}`;
  await tools.run('docker', ['tag', image, target]);
  try {
    return digestIn(await tools.run('docker', ['push', target]), repository);
  } catch (error) {
    const theirs =
      error instanceof ToolFailure && TAKEN.test(error.output)
        ? await findTag(tools, repository, tag)
        : undefined;
    if (theirs) {
      return theirs;
    }
    throw error instanceof ToolFailure ? explain(error, repository) : error;
  }
}

function digestIn(output: string, repository: string): string {
  const [, digest] = /digest: (sha256:[0-9a-f]{64})/i.exec(output) ?? [];
  if (!digest) {
    throw new Failure(`docker told no digest of ${repository}`, { detail: output });
  }
  return digest;
}

function explain({ message, detail, output }: ToolFailure, repository: string): Failure {
  const [host] = repository.split('/');
  const hint = REFUSED.test(output)
    ? `Is docker logged in (docker login ${host}), and does the repository exist, which ECR asks for?`
    : `Does the registry answer (docker login ${host})?`;
  return new Failure(message, { detail, hint });
}
