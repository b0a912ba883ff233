import { createInterface } from 'node:readline/promises';
import { type Context, findContext, type Kubeconfig } from './context.ts';
import { Failure } from './failure.ts';
import { ToolFailure } from './tool-failure.ts';
import type { Tools } from './tools.ts';

const HOW_TO_GET_ONE = `One of these makes a cluster on this machine and the current context:
  kind create cluster
  minikube start
  k3d cluster create
or switch on Kubernetes in Docker Desktop, Rancher Desktop or OrbStack.`;

/**
 * The context of that name, else the current one.
 * @throws {Failure} that says how to get a cluster, if there is none
 */
export async function chooseContext(tools: Tools, name?: string): Promise<Context> {
  const view = await tools.read('kubectl', ['config', 'view', '--output', 'json']);
  const kubeconfig = JSON.parse(view) as Kubeconfig;
  const context = findContext(kubeconfig, name);
  if (context) {
    return context;
  }
  const names = (kubeconfig.contexts ?? []).map((candidate) => candidate.name);
  if (names.length > 0) {
    const cause = name ? `the kubeconfig has no context ${name}` : 'the kubeconfig has no current context';
    throw new Failure(cause, { hint: `It has: ${names.join(', ')}. Choose one with --context.` });
  }
  throw new Failure('there is no cluster: the kubeconfig names none', { hint: HOW_TO_GET_ONE });
}

/** Checks that the cluster answers, and answers us. */
export async function reach(tools: Tools, { name, server }: Context): Promise<void> {
  try {
    await tools.read('kubectl', ['--context', name, '--request-timeout', '10s', 'get', '--raw', '/version']);
  } catch (error) {
    if (error instanceof ToolFailure) {
      const hint = `Start it, renew your login to it, or use another with --context.\n${HOW_TO_GET_ONE}`;
      throw new Failure(`the cluster of the context ${name} does not answer at ${server}`, {
        hint,
        detail: error.message,
      });
    }
    throw error;
  }
}

/** What to say when the cluster stops to answer in the middle of a change. */
export function gone({ name, server }: Context): Failure {
  return new Failure(`the cluster of the context ${name} does not answer any more at ${server}`, {
    hint: 'What runs there goes on as it is. Once it answers, run the same again: it mends the release.',
  });
}

/**
 * Asks before a cluster that does not look local is changed.
 * @throws {Failure} unless the answer is yes
 */
export async function consent({ name, server, isLocal }: Context, isGiven: boolean): Promise<void> {
  if (isLocal || isGiven) {
    return;
  }
  const cause = `the context ${name} (${server}) does not look local, so nothing was touched`;
  if (!process.stdin.isTTY || !process.stderr.isTTY) {
    throw new Failure(cause, { hint: 'Say --yes if you mean it, or name another with --context.' });
  }
  // Not as a terminal, so that Ctrl-C stays a signal.
  const prompt = createInterface({ input: process.stdin, output: process.stderr, terminal: false });
  const answer = await prompt.question(`The context ${name} (${server}) does not look local. Go on? (y/N) `);
  prompt.close();
  if (!/^y(es)?$/i.test(answer.trim())) {
    throw new Failure(cause);
  }
}
