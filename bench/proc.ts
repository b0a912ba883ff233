import { readFileSync } from 'node:fs';

/** The kernel tells times in hundredths of a second, and memory in pages. */
const TICKS = 100;
const KIBIBYTES = 1_024;

/** Seconds of a core that a process and its descendants have used so far. */
export function cpuSecondsOf(pid: number): number {
  return sum(treeOf(pid).map((each) => ticksOf(readFileSync(`/proc/${each}/stat`, 'utf8')) / TICKS));
}

/** Their resident memory. Pages that several of them share count for each. */
export function residentMegabytesOf(pid: number): number {
  return sum(
    treeOf(pid).map((each) => {
      const [, kibibytes] = /^VmRSS:\s*(\d+)/m.exec(readFileSync(`/proc/${each}/status`, 'utf8')) ?? [];
      return (Number(kibibytes) * KIBIBYTES) / 1e6;
    }),
  );
}

/** `utime` and `stime` of `/proc/PID/stat`. The name before them may hold spaces and brackets. */
export function ticksOf(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11]) + Number(fields[12]);
}

function treeOf(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean);
  return [pid, ...children.flatMap((child) => treeOf(Number(child)))];
}

const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0);
