import { type ChildProcess, spawn } from 'node:child_process';
import { delimiter } from 'node:path';
import { text } from 'node:stream/consumers';

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** What a machine of a pipeline has in its environment: what this one has, without what is the tests' or a person's. */
export function machine(more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const foreign =
    /^(AWS|CODEBUILD|DEPLOY|GITHUB|INIT_CWD|JEST|JWT|KUBECONFIG|LAB|NODE|NODE_OPTIONS|TEST|npm)(_|$)/;
  const kept = Object.entries(process.env).filter(
    ([name]) => !foreign.test(name) || name === 'NODE_EXTRA_CA_CERTS',
  );
  // Without the programs of this checkout's packages, which npm puts before all others.
  const path = (process.env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => !/node_modules|node-gyp-bin/.test(folder));
  return { ...Object.fromEntries(kept), PATH: path.join(delimiter), ...more };
}

/** Runs a program to its end. */
export async function run(
  program: string,
  args: string[],
  { input = '', ...options }: { cwd?: string; env?: NodeJS.ProcessEnv; input?: string } = {},
): Promise<Ended> {
  const child = spawn(program, args, options);
  child.stdin.on('error', () => undefined).end(input);
  const [code, stdout, stderr] = await Promise.all([ended(child), text(child.stdout), text(child.stderr)]);
  return { code, stdout, stderr };
}

/** The same, for a program that has to succeed. Answers what it prints. @throws {Error} with what it said */
export async function mustRun(...[program, args, options]: Parameters<typeof run>): Promise<string> {
  const { code, stdout, stderr } = await run(program, args, options);
  if (code !== 0) {
    throw new Error(`${program} ${args.join(' ')}\n${stderr || stdout}`);
  }
  return stdout;
}

/** The exit code of a process, once it has ended and its output is whole. */
export function ended(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.once('error', reject).once('close', resolve);
  });
}
