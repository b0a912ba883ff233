import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Credentials } from '../system/aws-emulator.ts';
import type { Account } from './account.ts';
import { type Build, runBuild, type Variable } from './codebuild.ts';
import { machine, mustRun } from './program.ts';
import { uploadReports } from './reports.ts';
import type { Shell } from './shell.ts';

/** A project of CodeBuild, as CloudFormation has made it. */
export interface ProjectProperties {
  Name: string;
  ServiceRole: string;
  Source: { BuildSpec: string };
  Environment: { EnvironmentVariables: { Name: string; Value: string; Type?: Variable['type'] }[] };
  LogsConfig: { CloudWatchLogs: { GroupName: string } };
}

/** What a build of a pipeline is started with. */
export interface BuildStart {
  commit: string;
  /** Where the archive of the source is, as `s3://…`. */
  artifact: string;
  initiator: string;
  overrides: Variable[];
  tell?: (text: string) => unknown;
  /** Gets the shell, and the credentials that its commands have, once the build runs. */
  started?: (shell: Shell, role: Credentials) => unknown;
}

/** Builds as CodeBuild does, in the role of the project: the source out of the bucket, the build, its reports, its log. */
export class BuildProject {
  readonly #account: Account;
  readonly #properties: ProjectProperties;

  constructor(account: Account, properties: ProjectProperties) {
    this.#account = account;
    this.#properties = properties;
  }

  async build(start: BuildStart): Promise<Build> {
    const { Name, Source, Environment } = this.#properties;
    const session = () => projectSession(this.#account, this.#properties);
    // What CodeBuild itself does goes on when the credentials that the commands have are good for nothing.
    const [agent, role] = [await session(), await session()];
    const folder = mkdtempSync(join(tmpdir(), 'codebuild-'));
    try {
      const source = await this.#unpack(start.artifact, folder, agent);
      const build = await runBuild({
        folder: source,
        buildspec: Source.BuildSpec,
        project: Environment.EnvironmentVariables.map(({ Name: name, Value: value, Type: type }) => ({
          name,
          value,
          type,
        })),
        overrides: start.overrides,
        env: this.#environment(start, role, folder),
        lookUp: (type, name) => lookUp(this.#account, agent, type, name),
        tell: start.tell,
        started: (shell) => start.started?.(shell, role),
      });
      await uploadReports(this.#account, agent, { project: Name, source, build });
      await this.#keepLog(build, agent);
      return build;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  /** Python's zipfile sets no modes, so that nothing may rely on them. */
  async #unpack(artifact: string, folder: string, as: Credentials): Promise<string> {
    const archive = join(folder, 'source.zip');
    await this.#account.aws(['s3', 'cp', '--only-show-errors', artifact, archive], as);
    const source = join(folder, 'src');
    mkdirSync(source);
    await mustRun('python3', ['-m', 'zipfile', '-e', archive, source]);
    return source;
  }

  /** What CodeBuild sets by itself: https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-env-vars.html */
  #environment({ commit, initiator }: BuildStart, role: Credentials, folder: string): NodeJS.ProcessEnv {
    return machine({
      ...this.#account.environment(role),
      CODEBUILD_BUILD_ID: `${this.#properties.Name}:1`,
      CODEBUILD_CI: 'true',
      CODEBUILD_INITIATOR: initiator,
      CODEBUILD_RESOLVED_SOURCE_VERSION: commit,
      CODEBUILD_SRC_DIR: join(folder, 'src'),
      DOCKER_CONFIG: join(folder, 'docker'),
    });
  }

  async #keepLog({ log }: Build, role: Credentials): Promise<void> {
    const { GroupName: logGroupName } = this.#properties.LogsConfig.CloudWatchLogs;
    const stream = { logGroupName, logStreamName: crypto.randomUUID() };
    const logEvents = [{ timestamp: Date.now(), message: log.slice(-100_000) }];
    await this.#account.call(role, 'logs', 'Logs_20140328.CreateLogStream', stream);
    await this.#account.call(role, 'logs', 'Logs_20140328.PutLogEvents', { ...stream, logEvents });
  }
}

/** Credentials of a project's role, as CodeBuild gets them. @throws {Error} if the role's trust policy forbids it */
export function projectSession(
  account: Account,
  { Name, ServiceRole }: ProjectProperties,
): Promise<Credentials> {
  const arn = `arn:aws:codebuild:${account.region}:${account.id}:project/${Name}`;
  return account.serviceRole('codebuild', ServiceRole, arn);
}

/** A value that is in no buildspec and no template. */
export async function lookUp(account: Account, as: Credentials, type: string, name: string): Promise<string> {
  if (type === 'SECRETS_MANAGER') {
    const args = ['secretsmanager', 'get-secret-value', '--secret-id', name, '--output', 'json'];
    return JSON.parse(await account.aws(args, as)).SecretString;
  }
  const args = ['ssm', 'get-parameters', '--with-decryption', '--names', name, '--output', 'json'];
  const { Parameters } = JSON.parse(await account.aws(args, as)) as { Parameters: { Value: string }[] };
  if (!Parameters[0]) {
    throw new Error(`Decrypted Variables Error: parameter does not exist: ${name}`);
  }
  return Parameters[0].Value;
}
