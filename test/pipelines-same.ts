import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { Doc } from './cloudformation.js';

/** An expression of a workflow. */
export const expression = (text: string) => `\${{ ${text} }}`;

export const read = (path: string): Doc => parse(readFileSync(path, 'utf8'));

/** The commands of a buildspec, in the order of its phases. */
export function buildspecCommands(buildspec: Doc): string[] {
  const phases = ['install', 'pre_build', 'build', 'post_build'];
  return phases.flatMap((phase) => buildspec.phases[phase]?.commands ?? []);
}

/** The commands of a workflow's job, in the order of its steps. */
export function jobCommands(job: Doc): string[] {
  return job.steps.flatMap(({ run }: Doc) => run ?? []);
}

/** What only the caller needs, and so only one of the two has. */
const CALLERS_OWN = [
  /^IMAGE_DIGEST=\$\(cat "\$DEPLOY_DIGEST_FILE"\) && export IMAGE_DIGEST$/, // how CodeBuild hands a value on
  /^echo "\$RUNNER_TEMP\/bin" >> "\$GITHUB_PATH"$/, // where GitHub looks for a tool
  /^(\{|echo( [^;&|(]*)?|\} >> "\$GITHUB_STEP_SUMMARY")$/, // GitHub's page of the run
];

/** What a stage does: each of its lines but the caller's own, without the folder for a tool and the end of the status. */
export function deeds(commands: string[]): string[] {
  return commands
    .flatMap((command) => command.split('\n'))
    .map((line) => line.trim())
    .filter((line) => line && !CALLERS_OWN.some((own) => own.test(line)))
    .map((line) => line.replace(/^(bash deploy\/install-helm\.sh) "?[$A-Z_a-z/]+"?$/, '$1'))
    .map((line) => line.replace(/(deploy -- status) \|\| echo '[^']*'$/, '$1'));
}

/** The variables of the deployer that a document sets. */
export function deployVariables(...documents: Doc[]): string[] {
  return [...new Set(JSON.stringify(documents).match(/\bDEPLOY_[A-Z_]+/g))].sort();
}
