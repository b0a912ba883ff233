import { type ChildProcess, execFileSync } from 'node:child_process';

/**
 * Ends a process and all that it has started, in whatever groups they are, as a machine does that loses its power: none of
 * them can put anything in order.
 */
export function killTree({ pid }: ChildProcess): void {
  for (const one of treeOf(pid as number)) {
    kill(one);
  }
}

/** Kills a process, or the group of a negative number, if it is still there. */
export function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') {
      throw error;
    }
  }
}

/** A process, and after it all that it has started. */
function treeOf(root: number): number[] {
  const processes = execFileSync('ps', ['-e', '-o', 'pid=,ppid='], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/ +/).map(Number));
  const from = (pid: number): number[] => [
    pid,
    ...processes.filter(([, parent]) => parent === pid).flatMap(([child = 0]) => from(child)),
  ];
  return from(root);
}
