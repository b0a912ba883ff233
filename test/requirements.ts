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
    'Python 3.10 with venv',
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
} satisfies Record<string, Probe>;

/** What a system test may ask of the machine. */
export type Requirement = keyof typeof probes;

/** The browser's executable. */
export function chromium(): string {
  return process.env.CHROMIUM ?? '/usr/bin/chromium';
}

/**
 * `describe` for tests that need more than Node.js: what the machine lacks is named in the title of the
 * skipped suite, and fails it instead when `TEST_REQUIRE` is `all`.
 */
export function describeWith(requirements: Requirement[], title: string, tests: () => void): void {
  const missing = requirements.flatMap((requirement) => probes[requirement]() ?? []);
  if (missing.length === 0) {
    describe(title, tests);
  } else if (process.env.TEST_REQUIRE === 'all') {
    it(title, () => {
      throw new Error(`needs ${missing.join(', ')}`);
    });
  } else {
    describe.skip(`${title} (needs ${missing.join(', ')})`, tests);
  }
}
