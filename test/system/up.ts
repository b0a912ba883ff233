import { spawn } from 'node:child_process';
import { mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { execute } from './cluster.js';

/** Begins `npm run deploy -- up`, as somebody without a terminal. */
export function begin(args: string[], env: NodeJS.ProcessEnv) {
  const child = spawn('node', ['deploy/main.ts', 'up', ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const closed = new Promise<number | null>((resolve) => child.once('close', resolve));
  const end = async () => {
    const [code, stdout, stderr] = await Promise.all([closed, text(child.stdout), text(child.stderr)]);
    return { code, stdout, stderr };
  };
  return { child, end: end() };
}

/** Writes an object to a file, as JSON, which is YAML too. Answers the file's name. */
export function write(folder: string, name: string, content: object): string {
  const file = join(folder, name);
  writeFileSync(file, JSON.stringify(content));
  return file;
}

/** A kubeconfig of one context, and of a cluster that nobody has. */
export function kubeconfig(folder: string, name: string, server: string): string {
  return write(folder, `${name}.kubeconfig`, {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster: { server } }],
    users: [{ name, user: {} }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    'current-context': name,
  });
}

/** A PATH on which only these tools are. */
export async function pathWith(folder: string, ...tools: string[]): Promise<string> {
  const bin = mkdtempSync(join(folder, 'bin-'));
  // A tool may be a shell script.
  for (const tool of ['sh', ...tools]) {
    symlinkSync((await execute('which', [tool])).trim(), join(bin, tool));
  }
  return bin;
}
