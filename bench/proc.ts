import { readFileSync } from 'node:fs';

/** The kernel tells times in hundredths of a second, and memory in kibibytes. */
const TICKS = 100;
const KIBIBYTE = 1_024;

/** Seconds of a core that a process and its descendants have used so far. */
export function cpuSecondsOf(pid: number): number {
  return sum(treeOf(pid).map((each) => ticksOf(readFileSync(`/proc/${each}/stat`, 'utf8')) / TICKS));
}

/** Their resident memory: now, or the most that each has had. Pages that several of them share count for each. */
export function residentMegabytesOf(pid: number, field: 'VmRSS' | 'VmHWM'): number {
  return sum(
    treeOf(pid).map((each) => {
      const status = readFileSync(`/proc/${each}/status`, 'utf8');
      const [, kibibytes] = new RegExp(`^${field}:\\s*(\\d+)`, 'm').exec(status) ?? [];
      return (Number(kibibytes) * KIBIBYTE) / 1e6;
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
