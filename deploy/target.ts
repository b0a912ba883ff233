import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chooseContext, reach } from './choose-cluster.ts';
import { Cluster } from './cluster.ts';
import type { Session } from './command.ts';
import { Failure } from './failure.ts';
import { requireTools } from './requirements.ts';
import { ToolFailure } from './tool-failure.ts';

/** Which namespace of which cluster a command is for. */
export interface Target {
  context?: string;
  /** An EKS cluster. */
  cluster?: string;
  namespace: string;
}

/** The versions of the tools that change a cluster. */
export function checkTools({ tools, progress }: Session, needsAws: boolean) {
  const aws = needsAws ? (['aws'] as const) : [];
  return progress.step('Check the tools', () => requireTools(tools, ['helm', 'kubectl', ...aws]));
}

/** Does the work with the cluster, once that answers. The access to an EKS cluster is in no kubeconfig but one for the run. */
export async function withTarget<T>(
  session: Session,
  target: Target,
  work: (cluster: Cluster) => Promise<T>,
): Promise<T> {
  return await withFolder(session, async (folder) => {
    const cluster = await session.progress.step(
      'Find the cluster',
      () => connectTo(session, target, folder),
      ({ context: { name, server } }) => `${name}, ${server}`,
    );
    return await work(cluster);
  });
}

/** The cluster, once it answers. What it takes to get into one of EKS is kept in the folder. */
export async function connectTo(session: Session, target: Target, folder: string): Promise<Cluster> {
  if (target.cluster) {
    await useEks(session, target.cluster, folder);
  }
  const context = await chooseContext(session.tools, target.context);
  await reach(session.tools, context);
  return new Cluster(session.tools, context, target.namespace);
}

/** A folder for the time of the work, which a signal does not leave behind. */
export async function withFolder<T>({ tools }: Session, work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'jwt-api-'));
  return await tools.closing(() => work(folder).finally(() => rmSync(folder, { recursive: true })));
}

/** From now on the tools' kubeconfig is one with that cluster alone. */
async function useEks({ tools }: Session, name: string, folder: string): Promise<void> {
  const kubeconfig = join(folder, 'kubeconfig');
  try {
    await tools.run('aws', ['eks', 'update-kubeconfig', '--name', name, '--kubeconfig', kubeconfig]);
  } catch (error) {
    throw error instanceof ToolFailure
      ? new Failure(`the EKS cluster ${name} cannot be found: ${error.message}`, {
          hint: 'What it takes, step by step: npm run deploy -- doctor',
        })
      : error;
  }
  tools.env.KUBECONFIG = kubeconfig;
}
