import type { LoadName } from './loads.ts';
import type { Results } from './results.ts';
import type { ServerName } from './servers.ts';
import type { Spread } from './statistics.ts';

/** A ratio of the service's value to another one of the same run. */
export interface Goal {
  title: string;
  /** What is wanted: at least, of what is better when it is more; at most, of the others. */
  wanted: number;
  isMost?: boolean;
  /** What was reached, and is guarded: `--check` fails when it is lost. By the core's time, where that is known. */
  reached?: number;
  measured(results: Results): Spread | undefined;
  /** The same by the time that the core spent, which neighbours on the machine take less part in. */
  byCore?(results: Results): Spread | undefined;
}

/** How much worse than `reached` a ratio may be: two runs of the same code differ by about as much. */
export const TOLERANCE = 0.1;

export const goals: Goal[] = [
  quickerThan('fastify', 'plain Fastify', {
    auth: { wanted: 0.9, reached: 0.6 },
    contents: { wanted: 0.9, reached: 0.95 },
  }),
  quickerThan('podinfo', 'podinfo', { auth: { wanted: 1.25 }, contents: { wanted: 1.5 } }),
  quickerThan('bare', 'bare http', { auth: { wanted: 0.7 }, contents: { wanted: 0.7 } }),
  quickerThan('flask', 'Flask', { auth: { wanted: 9 }, contents: { wanted: 10 } }),
  {
    title: 'bad tokens, against good ones: to refuse must not cost more',
    wanted: 1,
    reached: 0.95,
    measured: (results: Results) => results.ratio(['service', 'bad rate'], ['service', 'contents rate']),
    byCore: (results: Results) => results.ratio(['service', 'contents cpu'], ['service', 'bad cpu']),
  },
  atMost('start', 'start until ready', { wanted: 2.5, reached: 1.5 }),
  atMost('idle memory', 'resident memory, idle', { wanted: 1.3, reached: 1.15 }),
].flat();

type Value = Pick<Goal, 'wanted' | 'reached'>;

function quickerThan(other: ServerName, title: string, values: Partial<Record<LoadName, Value>>): Goal[] {
  return (Object.entries(values) as [LoadName, Value][]).map(([load, value]) => ({
    title: `\`/${load}\`, requests a second, against ${title}`,
    ...value,
    measured: (results) => results.ratio(['service', `${load} rate`], [other, `${load} rate`]),
    byCore: (results) => results.ratio([other, `${load} cpu`], ['service', `${load} cpu`]),
  }));
}

function atMost(measure: 'start' | 'idle memory', title: string, value: Value): Goal {
  return {
    title: `${title}, against bare http`,
    isMost: true,
    ...value,
    measured: (results) => results.ratio(['service', measure], ['bare', measure]),
  };
}
