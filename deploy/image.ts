import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Tools } from './tools.ts';

/** The repository's root, whatever the working directory. */
export const ROOT = resolve(import.meta.dirname, '..');

const NAME = 'jwt-api';

/** What the chart is told about the image. */
export interface ImageValues {
  repository: string;
  tag: string;
  digest: string;
}

/**
 * Builds the image and tags it by its content: what did not change keeps its tag, and so the pods that run it.
 * Answers the image's name and tag.
 */
export async function buildImage(tools: Tools): Promise<string> {
  const latest = `${NAME}:up`;
  await build(tools, latest, await revision(tools));
  const id = await tools.read('docker', ['image', 'inspect', '--format', '{{.Id}}', latest]);
  const image = `${NAME}:${contentTag(id.trim())}`;
  await tools.run('docker', ['tag', latest, image]);
  return image;
}

/** Builds the image under a tag, with more arguments of `docker build` if there are any. */
export async function build(tools: Tools, tag: string, revision: string, more: string[] = []): Promise<void> {
  const labels = ['--build-arg', `VERSION=${version()}`, '--build-arg', `REVISION=${revision}`];
  await tools.run('docker', ['build', ...labels, ...more, '--tag', tag, ROOT], {
    DOCKER_BUILDKIT: '1',
    // An attestation has the time of the build in it, which would make every build a new image.
    BUILDX_NO_DEFAULT_ATTESTATIONS: '1',
  });
}

/** A tag made of an image's id. */
export function contentTag(id: string): string {
  return `up-${id.replace(/^sha256:/, '').slice(0, 12)}`;
}

/** The version that the image is labelled with. */
function version(): string {
  return (JSON.parse(readFileSync(resolve(ROOT, 'package.json'), 'utf8')) as { version: string }).version;
}

/** The commit, marked when the tree has changes on top of it; nothing where there is no Git. */
async function revision(tools: Tools): Promise<string> {
  const describe = ['-C', ROOT, 'describe', '--always', '--abbrev=40', '--exclude=*', '--dirty'];
  return (await tools.read('git', describe).catch(() => '')).trim();
}
