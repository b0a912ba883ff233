import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { Failure } from './failure.ts';

/** Which core makes the load, and which has the server. */
export interface Cores {
  load: number;
  server: number;
}

/**
 * Puts this process, and all its threads, on a core of its own: so the load never takes time from the server.
 * @throws {Failure} where that cannot be
 */
export function divideCores(): Cores {
  if (process.platform !== 'linux') {
    throw new Failure('the benchmark needs Linux: it pins processes to cores and reads /proc');
  }
  const [load, server] = coresOf(readFileSync('/proc/self/status', 'utf8'));
  if (load === undefined || server === undefined) {
    throw new Failure('the benchmark needs two cores, one for the server and one for the load: here is one');
  }
  try {
    execFileSync('taskset', ['--all-tasks', '--cpu-list', '--pid', `${load}`, `${process.pid}`]);
  } catch (error) {
    throw new Failure(`taskset (of util-linux) is needed: ${(error as Error).message}`);
  }
  return { load, server };
}

/** The cores that a process may use, by its `/proc/PID/status`. */
export function coresOf(status: string): number[] {
  const [, list = ''] = /^Cpus_allowed_list:\s*(\S+)/m.exec(status) ?? [];
  return list.split(',').flatMap((range) => {
    const [first = 0, last = first] = range.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
}
