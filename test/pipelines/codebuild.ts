import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Buildspec, PHASES, type PhaseName, parseBuildspec } from './buildspec.ts';
import { Shell } from './shell.ts';

/** A variable of a project or of the call that starts a build, as CodeBuild's API has it. */
export interface Variable {
  name: string;
  value: string;
  type?: 'PLAINTEXT' | 'PARAMETER_STORE' | 'SECRETS_MANAGER';
}

export interface BuildInput {
  /** The unpacked source. */
  folder: string;
  /** The buildspec's path in it. */
  buildspec: string;
  /** The project's variables. */
  project: Variable[];
  /** Those of the call that starts the build. */
  overrides?: Variable[];
  /** What the build environment has beside them: `PATH`, the role's credentials, `CODEBUILD_…`. */
  env: NodeJS.ProcessEnv;
  /** Reads a parameter or a secret, as the project's role. */
  lookUp: (type: 'PARAMETER_STORE' | 'SECRETS_MANAGER', name: string) => Promise<string>;
  /** Gets what the build prints. */
  tell?: (text: string) => unknown;
  /** Gets the shell once it runs, to break it off. */
  started?: (shell: Shell) => unknown;
}

export interface Phase {
  name: string;
  status: 'SUCCEEDED' | 'FAILED';
  /** Why it failed. */
  message?: string;
}

export interface Build {
  status: 'SUCCEEDED' | 'FAILED';
  /** Those that ran, in order. */
  phases: Phase[];
  /** The exported variables. */
  exported: Record<string, string>;
  /** The reports to upload: none after a failure that ended the build before. */
  reports: Buildspec['reports'];
  /** All that it printed. CodeBuild would star secrets out; here they would show. */
  log: string;
}

/**
 * Runs a build as CodeBuild does, but for the container: this machine is the build environment, and `runtime-versions`
 * is what it has. After a failure in `build` CodeBuild goes on with `post_build`, after one elsewhere it does not, and
 * with `on-failure` it does what that says.
 * https://docs.aws.amazon.com/codebuild/latest/userguide/view-build-details-phases.html
 */
export async function runBuild(input: BuildInput): Promise<Build> {
  const build: Build = { status: 'SUCCEEDED', phases: [], exported: {}, reports: {}, log: '' };
  const tell = (text: string) => {
    build.log += text;
    input.tell?.(text);
  };
  const failed = (name: string, message: string) => {
    tell(`[Container] ${name}: ${message}\n`);
    build.status = 'FAILED';
    build.phases.push({ name, status: 'FAILED', message });
  };
  let spec: Buildspec;
  let env: NodeJS.ProcessEnv;
  try {
    spec = parseBuildspec(readFileSync(join(input.folder, input.buildspec), 'utf8'));
    env = await environmentOf(input, spec);
  } catch (error) {
    failed('DOWNLOAD_SOURCE', (error as Error).message);
    return build;
  }
  const shell = new Shell(input.folder, env, tell);
  input.started?.(shell);
  let isUploading = true;
  for (const name of PHASES.filter((name) => spec.phases[name])) {
    const fault = await runPhase(shell, spec, name, build.status, tell);
    if (fault === undefined) {
      build.phases.push({ name: name.toUpperCase(), status: 'SUCCEEDED' });
      continue;
    }
    failed(name.toUpperCase(), fault);
    isUploading = goesOn(spec, name);
    if (!isUploading) {
      break;
    }
  }
  build.reports = isUploading ? spec.reports : {};
  for (const name of spec.env['exported-variables']) {
    build.exported[name] = await shell.value(name);
  }
  await shell.end();
  return build;
}

/** Runs what a phase has to run. Answers what went wrong. */
async function runPhase(
  shell: Shell,
  { phases }: Buildspec,
  name: PhaseName,
  status: Build['status'],
  tell: (text: string) => void,
): Promise<string | undefined> {
  tell(`[Container] Entering phase ${name.toUpperCase()}\n`);
  await shell.run(`export CODEBUILD_BUILD_SUCCEEDING=${status === 'SUCCEEDED' ? 1 : 0}`);
  const fault = await runCommands(shell, phases[name]?.commands, tell);
  // It runs whatever became of the commands, and its own failure is the phase's too.
  const last = await runCommands(shell, phases[name]?.finally, tell);
  return fault ?? last;
}

/** Runs commands until one fails. Answers which, in CodeBuild's words. */
async function runCommands(
  shell: Shell,
  commands: string[] = [],
  tell: (text: string) => void,
): Promise<string | undefined> {
  for (const command of commands) {
    tell(`[Container] Running command ${command}\n`);
    const code = await shell.run(command);
    if (code !== 0) {
      return `COMMAND_EXECUTION_ERROR: Error while executing command: ${command}. Reason: exit status ${code}`;
    }
  }
  return undefined;
}

/** Whether a phase that failed is followed by the next; after the last, and whatever is left out, reports are uploaded. */
function goesOn({ phases }: Buildspec, name: PhaseName): boolean {
  const onFailure = phases[name]?.['on-failure'];
  return onFailure === 'CONTINUE' || (onFailure === undefined && /^(post_)?build$/.test(name));
}

/** The call that starts a build wins over the project, and that over the buildspec. */
async function environmentOf({ env, project, overrides = [], lookUp }: BuildInput, spec: Buildspec) {
  const declared: Variable[] = [
    ...Object.entries(spec.env.variables).map(([name, value]) => ({ name, value })),
    ...Object.entries(spec.env['parameter-store']).map(([name, value]) => ({
      name,
      value,
      type: 'PARAMETER_STORE' as const,
    })),
  ];
  const chosen = new Map(
    [...declared, ...project, ...overrides].map((variable) => [variable.name, variable]),
  );
  const values = [...chosen.values()].map(async ({ name, value, type = 'PLAINTEXT' }) => [
    name,
    type === 'PLAINTEXT' ? value : await lookUp(type, value),
  ]);
  return { ...env, ...Object.fromEntries(await Promise.all(values)) };
}
