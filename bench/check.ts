import { type Goal, TOLERANCE } from './goals.ts';
import type { Results } from './results.ts';

/** What became of a goal that was reached. */
export interface Verdict {
  title: string;
  reached: number;
  /** What it is now, by the core's time where that is known; nothing if the other server was not measured. */
  now: number | undefined;
  isLost: boolean;
}

/** Whether the goals that were reached still are. Only ratios within this run count, never how quick the machine is. */
export function check(goals: Goal[], results: Results): Verdict[] {
  return goals.flatMap(({ title, reached, isMost = false, measured, byCore = measured }) => {
    if (reached === undefined) {
      return [];
    }
    const now = byCore(results)?.median;
    return [{ title, reached, now, isLost: now !== undefined && isWorse(now, reached, isMost) }];
  });
}

/** For people: a line for each goal. */
export function describeVerdicts(verdicts: Verdict[]): string {
  return verdicts
    .map(({ title, reached, now, isLost }) => {
      const outcome = now === undefined ? 'not measured' : `${isLost ? 'LOST' : 'kept'}, ${now.toFixed(2)}`;
      return `${outcome} (reached ${reached}): ${title}`;
    })
    .join('\n');
}

function isWorse(now: number, reached: number, isMost: boolean): boolean {
  return isMost ? now > reached * (1 + TOLERANCE) : now < reached * (1 - TOLERANCE);
}
