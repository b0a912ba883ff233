import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import type { Options } from './options.ts';

/** What a reader has to know of where the numbers come from. */
export type Machine = Record<string, string>;

export function describeMachine({ podinfo, flask, gunicorn }: Options): Machine {
  const [first] = cpus();
  return {
    Date: new Date().toISOString().slice(0, 10),
    Machine: `${cpus().length} × ${first?.model.trim()}, ${Math.round(totalmem() / 1e9)} GB, Linux ${release()}`,
    'Node.js': process.versions.node,
    Commit: commit(),
    ...versionsOf('fastify', '@nestjs/core', 'jsonwebtoken', 'pino', 'prom-client'),
    ...(podinfo && { podinfo: versionOf(podinfo) }),
    ...(flask && { gunicorn: versionOf(gunicorn) }),
  };
}

function versionsOf(...packages: string[]): Machine {
  return Object.fromEntries(
    packages.map((name) => {
      const file = new URL(`../node_modules/${name}/package.json`, import.meta.url);
      return [name, JSON.parse(readFileSync(file, 'utf8')).version];
    }),
  );
}

/** The commit, and whether it is all that was measured. */
function commit(): string {
  const changes = outputOf('git', 'status', '--porcelain', '--', 'src', 'package-lock.json');
  return `${outputOf('git', 'rev-parse', '--short', 'HEAD')}${changes ? ', with changes' : ''}`;
}

function versionOf(program: string): string {
  return /\d[\w.]*/.exec(outputOf(program, '--version'))?.[0] ?? 'unknown';
}

function outputOf(program: string, ...args: string[]): string {
  return execFileSync(program, args, { encoding: 'utf8' }).trim();
}
