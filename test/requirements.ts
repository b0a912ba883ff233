import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** The answer of a probe: nothing when it is there, else what is missing. */
type Probe = () => string | undefined;

const works = (missing: string, command: string, ...args: string[]): Probe => {
  return () => (spawnSync(command, args, { stdio: 'ignore' }).status === 0 ? undefined : missing);
};

const probes = {
  browser: () =>
    existsSync(chromium()) ? undefined : 'Chromium (CHROMIUM names it, else /usr/bin/chromium)',
  cluster: () =>
    process.env.TEST_KUBECONFIG ? undefined : 'a throw-away cluster (TEST_KUBECONFIG names its kubeconfig)',
  curl: works('curl', 'curl', '--version'),
  cut: () =>
    process.env.TEST_CUT_NODE && process.env.TEST_JOIN_NODE
      ? undefined
      : 'commands that take a worker node off the network and back (TEST_CUT_NODE, TEST_JOIN_NODE)',
  docker: works('a Docker engine', 'docker', 'version'),
  ecr: () =>
    /\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com$/.test(process.env.TEST_REGISTRY ?? '')
      ? undefined
      : "a registry with the name of an account's in ECR (TEST_REGISTRY), for the user AWS",
  externalSecrets: () =>
    process.env.TEST_AWS_ENDPOINT
      ? undefined
      : 'the External Secrets Operator (TEST_AWS_ENDPOINT is where it looks for AWS, on this machine)',
  go: works('Go', 'go', 'version'),
  helm: works('Helm 4 (helm)', 'helm', 'version'),
  helm3: works('Helm 3 (helm3)', 'helm3', 'version'),
  load: () =>
    process.env.TEST_LOAD_IMAGE
      ? undefined
      : "a command that brings an image from Docker's engine onto the cluster's nodes (TEST_LOAD_IMAGE)",
  python: works(
    'Python 3.10 with venv, and flock of util-linux',
    'flock',
    '/dev/null',
    'python3',
    '-c',
    'import sys, venv; sys.exit(sys.version_info < (3, 10))',
  ),
  registry: () =>
    process.env.TEST_REGISTRY
      ? undefined
      : "a registry that the cluster's nodes pull from (TEST_REGISTRY, HOST or HOST/PREFIX)",
  script: works('script of util-linux', 'script', '-qec', 'true', '/dev/null'),
  shellcheck: works('shellcheck', 'shellcheck', '--version'),
  tokenReview: () =>
    process.env.TEST_TOKEN_REVIEW && process.env.TEST_AWS_ENDPOINT
      ? undefined
      : "a cluster that asks a webhook of this machine about tokens (TEST_TOKEN_REVIEW is the webhook's address)",
} satisfies Record<string, Probe>;

/** What a system test may ask of the machine. */
export type Requirement = keyof typeof probes;

/** The browser's executable. */
export function chromium(): string {
  return process.env.CHROMIUM ?? '/usr/bin/chromium';
}

/** What the machine lacks of what is asked for. */
export function missing(requirements: Requirement[]): string[] {
  return requirements.flatMap((requirement) => probes[requirement]() ?? []);
}

/**
 * `describe` for tests that need more than Node.js: what the machine lacks is named in the title of the
 * skipped suite, and fails it instead when `TEST_REQUIRE` is `all`.
 */
export function describeWith(requirements: Requirement[], title: string, tests: () => void): void {
  const lacking = missing(requirements);
  if (lacking.length === 0) {
    describe(title, tests);
  } else if (process.env.TEST_REQUIRE === 'all') {
    it(title, () => {
      throw new Error(`needs ${lacking.join(', ')}`);
    });
  } else {
    describe.skip(`${title} (needs ${lacking.join(', ')})`, tests);
  }
}
