import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Credentials } from '../system/aws-emulator.ts';
import type { Account } from './account.ts';
import { BuildProject, type ProjectProperties } from './build-project.ts';
import type { Build } from './codebuild.ts';
import type { GitRepository } from './repository.ts';
import type { Shell } from './shell.ts';

/** A pipeline, as CloudFormation has made it. */
export interface PipelineProperties {
  Name: string;
  RoleArn: string;
  ArtifactStore: { Location: string };
  Stages: { Name: string; BeforeEntry?: { Conditions: [Condition] }; Actions: Action[] }[];
}

/** What has to hold before a stage is entered. */
interface Condition {
  Result: string;
  Rules: { RuleTypeId: { Provider: string }; Configuration: Record<string, string> }[];
}

interface Action {
  Namespace?: string;
  ActionTypeId: { Category: 'Source' | 'Build' | 'Approval' };
  Configuration: Record<string, string>;
}

export interface Execution {
  status: 'Succeeded' | 'Failed';
  /** The stages that ran, in order, with the cause of a failure. */
  stages: { name: string; status: Execution['status']; seconds: number; cause?: string }[];
  /** The builds by their stage. */
  builds: Record<string, Build>;
  /** What the actions have made, as `NAMESPACE.NAME`. */
  variables: Record<string, string>;
}

/** A push, and what becomes of it from outside. */
export interface Push {
  repository: GitRepository;
  commit: string;
  /** A person's answer to what the approval asks. */
  approve?: (question: string) => boolean;
  tell?: (text: string) => unknown;
  /** Gets each build's shell and role once it runs, to break it off or to let the role's credentials expire. */
  started?: (stage: string, shell: Shell, role: Credentials) => unknown;
}

/** What an action has made: variables, or a failure. */
interface Result {
  variables?: Record<string, string>;
  cause?: string;
}

/** Runs a pipeline of CodePipeline V2 as its stack defines it, each service in the role that it has there. */
export class Pipeline {
  /** ExecutionMode QUEUED: a run begins when those before it have ended. */
  #last: Promise<unknown> = Promise.resolve();

  readonly #account: Account;
  readonly #properties: PipelineProperties;
  readonly #projects: ReadonlyMap<string, BuildProject>;

  private constructor(account: Account, properties: PipelineProperties, projects: Map<string, BuildProject>) {
    this.#account = account;
    this.#properties = properties;
    this.#projects = projects;
  }

  static async of(account: Account, stack: string): Promise<Pipeline> {
    const [pipeline] = await account.resources<PipelineProperties>(stack, 'AWS::CodePipeline::Pipeline');
    const projects = await account.resources<ProjectProperties>(stack, 'AWS::CodeBuild::Project');
    const byName = projects.map((project) => [project.Name, new BuildProject(account, project)] as const);
    return new Pipeline(account, pipeline as PipelineProperties, new Map(byName));
  }

  run(push: Push): Promise<Execution> {
    return this.#queue(() => this.#execute(push, this.#properties.Stages, {}));
  }

  /**
   * The same with what a build before has made, in place of a build: as after a stage's retry.
   * https://docs.aws.amazon.com/codepipeline/latest/userguide/stage-retry.html
   */
  runBuilt(push: Push, variables: Record<string, string>): Promise<Execution> {
    const rest = this.#properties.Stages.filter(({ Name }) => Name !== 'Build');
    return this.#queue(() => this.#execute(push, rest, { ...variables }));
  }

  #queue(execute: () => Promise<Execution>): Promise<Execution> {
    const execution = this.#last.then(execute);
    this.#last = execution.catch(() => undefined);
    return execution;
  }

  async #execute(
    push: Push,
    stages: PipelineProperties['Stages'],
    variables: Record<string, string>,
  ): Promise<Execution> {
    const { Name, RoleArn } = this.#properties;
    const arn = `arn:aws:codepipeline:${this.#account.region}:${this.#account.id}:${Name}`;
    const role = await this.#account.serviceRole('codepipeline', RoleArn, arn);
    const execution: Execution = { status: 'Succeeded', stages: [], builds: {}, variables };
    for (const { Name: name, Actions, BeforeEntry } of stages) {
      const begun = performance.now();
      push.tell?.(`[CodePipeline] Stage ${name}\n`);
      const cause =
        refusal(BeforeEntry?.Conditions[0], variables) ??
        (await this.#stage(name, Actions, { push, role, variables, execution }));
      execution.status = cause === undefined ? 'Succeeded' : 'Failed';
      const seconds = (performance.now() - begun) / 1_000;
      execution.stages.push({ name, status: execution.status, seconds, ...(cause && { cause }) });
      if (cause !== undefined) {
        break;
      }
    }
    return execution;
  }

  /** Runs the actions of a stage one after the other. Answers why one failed. */
  async #stage(stage: string, actions: Action[], run: Run): Promise<string | undefined> {
    for (const { Namespace, ActionTypeId, Configuration } of actions) {
      const values = Object.entries(Configuration).map(([key, value]) => [key, filled(value, run.variables)]);
      const configuration: Record<string, string> = Object.fromEntries(values);
      const { variables = {}, cause } = await {
        Source: () => this.#source(run),
        Build: () => this.#build(stage, configuration, run),
        Approval: () => approval(`${configuration.CustomData}`, run.push),
      }[ActionTypeId.Category]();
      for (const [name, value] of Object.entries(variables)) {
        run.variables[`${Namespace}.${name}`] = value;
      }
      if (cause !== undefined) {
        return cause;
      }
    }
    return undefined;
  }

  /** Puts the archive of the source where the builds find it. */
  async #source({ push: { repository, commit }, role }: Run): Promise<Result> {
    await uploadSource(this.#account, { repository, commit }, this.#artifact(commit), role);
    return { variables: { CommitId: commit } };
  }

  #artifact(commit: string): string {
    return `s3://${this.#properties.ArtifactStore.Location}/${this.#properties.Name}/Source/${commit}.zip`;
  }

  async #build(stage: string, configuration: Record<string, string>, run: Run): Promise<Result> {
    const { ProjectName: projectName = '', EnvironmentVariables = '[]' } = configuration;
    const { commit, tell, started } = run.push;
    await this.#account.call(run.role, 'codebuild', 'CodeBuild_20161006.StartBuild', { projectName });
    const build = await (this.#projects.get(projectName) as BuildProject).build({
      commit,
      artifact: this.#artifact(commit),
      initiator: `codepipeline/${this.#properties.Name}`,
      overrides: JSON.parse(EnvironmentVariables),
      tell,
      started: (shell, role) => started?.(stage, shell, role),
    });
    run.execution.builds[stage] = build;
    const ids = [`${projectName}:1`];
    await this.#account.call(run.role, 'codebuild', 'CodeBuild_20161006.BatchGetBuilds', { ids });
    return {
      variables: build.exported,
      cause: build.phases.find(({ status }) => status === 'FAILED')?.message,
    };
  }
}

/** Puts the archive of a commit's sources into a bucket. @param target `s3://…` */
export async function uploadSource(
  account: Account,
  { repository, commit }: Pick<Push, 'repository' | 'commit'>,
  target: string,
  as?: Credentials,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'source-'));
  const archive = await repository.archive(commit, folder);
  await account.aws(['s3', 'cp', '--only-show-errors', archive, target], as);
  rmSync(folder, { recursive: true });
}

/** A run under way. */
interface Run {
  push: Push;
  /** The pipeline's own role. */
  role: Credentials;
  /** What the actions before have made, as `NAMESPACE.NAME`. */
  variables: Record<string, string>;
  execution: Execution;
}

/** Replaces the variables in an action's configuration. */
function filled(value: string, variables: Record<string, string>): string {
  return value.replaceAll(/#\{([\w.]+)\}/g, (reference, name) => variables[name] ?? reference);
}

/**
 * Why a stage may not be entered. @throws {Error} for what is not known here
 * https://docs.aws.amazon.com/codepipeline/latest/userguide/rule-reference-VariableCheck.html
 */
function refusal(condition: Condition | undefined, variables: Record<string, string>): string | undefined {
  const broken = condition?.Rules.find(({ RuleTypeId, Configuration }) => {
    const { Operator, Variable = '', Value = '' } = Configuration;
    if (condition.Result !== 'FAIL' || RuleTypeId.Provider !== 'VariableCheck' || Operator !== 'MATCHES') {
      throw new Error(`a condition of another kind: ${JSON.stringify(condition)}`);
    }
    return !new RegExp(Value).test(filled(Variable, variables));
  });
  return broken && `the condition before the stage does not hold: ${JSON.stringify(broken.Configuration)}`;
}

async function approval(question: string, { approve }: Push): Promise<Result> {
  return approve?.(question) ? {} : { cause: 'Rejected' };
}
