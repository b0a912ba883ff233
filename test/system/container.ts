import { spawnSync } from 'node:child_process';

const containers: string[] = [];

/** Runs `docker` to its end. */
export function docker(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const env = { ...process.env, DOCKER_BUILDKIT: '1' };
  const { status, stdout, stderr } = spawnSync('docker', args, { env, encoding: 'utf8', maxBuffer: 2 ** 28 });
  return { status, stdout: stdout.trim(), stderr: stderr.trim() };
}

/** The same, for a command that has to succeed; gives what it prints. */
export function dockerOutput(...args: string[]): string {
  const { status, stdout, stderr } = docker(...args);
  if (status !== 0) {
    throw new Error(`docker ${args.join(' ')}: ${stderr}`);
  }
  return stdout;
}

export function build(tag: string, context: string): void {
  const args = ['VERSION=1.2.3', 'REVISION=0123abc'].flatMap((arg) => ['--build-arg', arg]);
  dockerOutput('build', '--quiet', '--tag', tag, ...args, context);
}

/** Runs a container in the background, as confined as can be. */
export function startContainer(image: string, ...options: string[]): string {
  const confined = ['--read-only', '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges'];
  const id = dockerOutput('run', '--detach', '--publish', '127.0.0.1::8080', ...confined, ...options, image);
  containers.push(id);
  return id;
}

/** What `docker inspect` says, by one of its templates. */
export function inspect(name: string, template: string) {
  return JSON.parse(dockerOutput('inspect', '--format', `{{json ${template}}}`, name));
}

/** Removes the containers that the tests have started, and their images. */
export function removeAll(...images: string[]): void {
  for (const container of containers.splice(0)) {
    docker('rm', '--force', container);
  }
  for (const image of images) {
    docker('image', 'rm', '--force', image);
  }
}
