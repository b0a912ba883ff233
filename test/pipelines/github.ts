import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { parse } from 'yaml';
import type { Issuer, Occasion } from './issuer.ts';
import { ended, machine, mustRun } from './program.ts';

const ACT = 'github.com/nektos/act@v0.2.89';
/** A stand-in for each action that a workflow uses, but for the checkout, which act does itself. */
const ACTIONS = resolve('test/pipelines/actions');

export interface Job {
  result: 'success' | 'failure' | 'skipped';
  outputs: Record<string, string>;
  /** What it has written to its page. */
  summary: string;
  /** The steps that failed. */
  failed: string[];
}

export interface WorkflowRun {
  result: 'success' | 'failure';
  jobs: Record<string, Job>;
  /** What the steps printed, and why one failed. */
  log: string;
}

export interface WorkflowInput {
  /** A clone of the repository, with the commit checked out. */
  folder: string;
  /** The workflow's file name. */
  workflow: string;
  occasion: Omit<Occasion, 'environment' | 'workflow'>;
  /** The repository's variables. */
  variables: Record<string, string>;
  issuer: Issuer;
  /** What the runner has beside a machine's environment. */
  env: NodeJS.ProcessEnv;
  tell?: (text: string) => unknown;
}

/** Runs a workflow's file as it is, on this machine: act is the runner, and the issuer knows which job asks it. */
export async function runWorkflow(input: WorkflowInput): Promise<WorkflowRun> {
  const file = join(input.folder, '.github/workflows', input.workflow);
  const { jobs } = parse(readFileSync(file, 'utf8')) as { jobs: Record<string, JobDefinition> };
  const run: WorkflowRun = { result: 'success', jobs: {}, log: '' };
  for (const name of Object.keys(jobs)) {
    run.jobs[name] = { result: 'skipped', outputs: {}, summary: '', failed: [] };
  }
  const cache = mkdtempSync(join(tmpdir(), 'act-'));
  const child = spawn(await act(), [...argumentsOf(input, file), '--action-cache-path', cache], {
    cwd: input.folder,
    env: machine(input.env),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const closed = ended(child);
  child.stderr.setEncoding('utf8').on('data', (text: string) => (run.log += text));
  for await (const line of createInterface({ input: child.stdout })) {
    const event = line.startsWith('{')
      ? (JSON.parse(line) as ActEvent)
      : { msg: `${line}\n`, raw_output: true };
    const begins =
      event.stepid?.[0] === '--setup-job' && !event.stepResult ? jobs[`${event.jobID}`] : undefined;
    if (begins) {
      input.issuer.occasion = occasionOf(input, begins);
      input.tell?.(`[GitHub] Job ${event.jobID}\n`);
    }
    note(run, event, input.tell);
  }
  run.result = (await closed) === 0 ? 'success' : 'failure';
  input.issuer.occasion = undefined;
  rmSync(cache, { recursive: true, force: true });
  return run;
}

interface JobDefinition {
  environment?: string;
  permissions?: Record<string, string>;
}

/** What GitHub knows of a job that asks for a token; nothing of one that may not. */
function occasionOf({ occasion, workflow }: WorkflowInput, { environment, permissions }: JobDefinition) {
  return permissions?.['id-token'] === 'write' ? { ...occasion, workflow, environment } : undefined;
}

/** A line of act's log, as far as it is read. */
interface ActEvent {
  jobID?: string;
  level?: string;
  msg: string;
  raw_output?: boolean;
  /** A command of a step to the runner, and its arguments. */
  command?: string;
  name?: string;
  arg?: string;
  content?: string;
  step?: string;
  stepid?: string[];
  stepResult?: string;
  jobResult?: 'success' | 'failure';
}

function note(run: WorkflowRun, event: ActEvent, tell?: (text: string) => unknown): void {
  const job = run.jobs[`${event.jobID}`];
  if (event.raw_output || event.command === 'error' || event.level === 'error') {
    const text = event.msg.endsWith('\n') ? event.msg : `${event.msg}\n`;
    run.log += text;
    tell?.(text);
  }
  if (!job) {
    return;
  }
  job.result = event.jobResult ?? job.result;
  if (event.command === 'set-output') {
    job.outputs[`${event.name}`] = `${event.arg}`;
  } else if (event.command === 'summary') {
    job.summary += event.content;
  } else if (event.stepResult === 'failure') {
    job.failed.push(`${event.step}`);
  }
}

function argumentsOf({ variables, issuer, env }: WorkflowInput, file: string): string[] {
  const uses = [...readFileSync(file, 'utf8').matchAll(/uses: ([\w-]+\/([\w-]+)@[0-9a-f]{40})/g)];
  const standIns = uses
    .map(([, reference, name]) => [reference, join(ACTIONS, `${name}`)] as const)
    .filter(([, folder]) => existsSync(folder));
  return [
    ...['push', '--json', '--workflows', file, '--action-offline-mode', '--no-cache-server'],
    ...['--platform', 'ubuntu-24.04=-self-hosted'],
    ...pairs('--local-repository', Object.fromEntries(standIns)),
    ...pairs('--var', variables),
    ...pairs('--env', issuer.environment),
    ...pairs('--env', Object.fromEntries(Object.entries(env).filter(([name]) => name !== 'PATH'))),
  ];
}

const pairs = (flag: string, values: NodeJS.Dict<string>) =>
  Object.entries(values).flatMap(([name, value]) => [flag, `${name}=${value}`]);

/** act, built once for each of its versions. */
export async function act(): Promise<string> {
  const folder = resolve(`node_modules/.cache/act-${ACT.split('@')[1]}`);
  if (!existsSync(`${folder}/act`)) {
    await mustRun('go', ['install', ACT], { env: { ...process.env, GOBIN: folder, GOFLAGS: '' } });
  }
  return `${folder}/act`;
}
