import { Failure, Interrupted } from './failure.ts';
import { ToolMissing } from './tool-failure.ts';
import type { Tools } from './tools.ts';

interface Requirement {
  /** How the tool tells its version. */
  version: string[];
  /** The oldest version that will do: major and minor. */
  oldest: [number, number];
  /** Where to get it. */
  from: string;
}

/** The tools that a command may need. */
const requirements = {
  aws: {
    version: ['--version'],
    oldest: [1, 27],
    from: 'https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html',
  },
  docker: {
    // Asks the engine, not the client: an engine that does not run is as good as none. BuildKit came of age in 20.10.
    version: ['version', '--format', '{{.Server.Version}}'],
    oldest: [20, 10],
    from: 'https://docs.docker.com/get-started/get-docker/',
  },
  git: { version: ['version'], oldest: [2, 25], from: 'https://git-scm.com/downloads' },
  helm: {
    version: ['version', '--template', '{{.Version}}'],
    oldest: [3, 14],
    from: 'https://helm.sh/docs/intro/install/',
  },
  kubectl: {
    version: ['version', '--client', '--output', 'json'],
    oldest: [1, 27],
    from: 'https://kubernetes.io/docs/tasks/tools/',
  },
  kind: {
    version: ['version', '--quiet'],
    oldest: [0, 20],
    from: 'https://kind.sigs.k8s.io/docs/user/quick-start/#installation',
  },
  minikube: {
    version: ['version', '--short'],
    oldest: [1, 25],
    from: 'https://minikube.sigs.k8s.io/docs/start/',
  },
  k3d: { version: ['version'], oldest: [5, 0], from: 'https://k3d.io/#installation' },
} satisfies Record<string, Requirement>;

export type ToolName = keyof typeof requirements;

/** A version's major and minor number. */
export type Version = readonly [major: number, minor: number];

/**
 * The versions of the tools that a command needs.
 * @throws {Failure} that names every tool that is missing or too old, and where to get it
 */
export async function requireTools<T extends ToolName>(
  tools: Tools,
  names: T[],
): Promise<Record<T, Version>> {
  const found = await Promise.all(names.map((name) => probe(tools, name)));
  const faulty = names.filter((_, index) => typeof found[index] === 'string');
  if (faulty.length > 0) {
    const cause = found.filter((answer) => typeof answer === 'string').join('; ');
    const sources = faulty.map((name) => `${name}: ${requirements[name].from}`);
    throw new Failure(cause, { hint: sources.join('\n') });
  }
  return Object.fromEntries(names.map((name, index) => [name, found[index]])) as Record<T, Version>;
}

/** A tool's version, or what is wrong with the tool. */
async function probe(tools: Tools, name: ToolName): Promise<Version | string> {
  const { version: args, oldest }: Requirement = requirements[name];
  try {
    const version = parseVersion(await tools.read(name, args));
    return isAtLeast(version, oldest)
      ? version
      : `${name} ${version.join('.')} is too old, ${oldest.join('.')} will do`;
  } catch (error) {
    if (error instanceof ToolMissing) {
      return error.message;
    }
    if (name === 'docker' && error instanceof Failure && !(error instanceof Interrupted)) {
      return 'docker has no engine that answers: start it (docker version says more), or get one';
    }
    throw error;
  }
}

/** Reads the first version in what a tool printed: `v4.3`, `kind v0.31.0 go1.25`, `"gitVersion": "v1.35.4"`. */
export function parseVersion(output: string): Version {
  const [, major, minor] = /(?:^|[^\d.])v?(\d+)\.(\d+)/.exec(output) ?? [];
  return [Number(major ?? 0), Number(minor ?? 0)];
}

export function isAtLeast([major, minor]: Version, [oldestMajor, oldestMinor]: Version): boolean {
  return major > oldestMajor || (major === oldestMajor && minor >= oldestMinor);
}
