import type { LoadName } from './loads.ts';
import type { ServerName } from './servers.ts';
import { type Spread, spreadOf } from './statistics.ts';

/** Of a load: answers a second, microseconds of a core for each, how busy that was in %, and milliseconds at half of the highest rate. */
type OfLoad = 'rate' | 'cpu' | 'busy' | 'p50' | 'p99' | 'p99.9';
/** Milliseconds until ready, and megabytes. */
type OfServer = 'start' | 'idle memory' | 'peak memory';
export type Measure = `${LoadName} ${OfLoad}` | OfServer;
/** What is measured, of whom. */
export type Subject = [server: ServerName, measure: Measure];

/** What has been measured, round by round. */
export class Results {
  private readonly values = new Map<string, number[]>();

  add(server: ServerName, measure: Measure, value: number): void {
    this.values.set(`${server} ${measure}`, [...this.valuesOf([server, measure]), value]);
  }

  /** Over all rounds; nothing if it was not measured. */
  of(...subject: Subject): Spread | undefined {
    const values = this.valuesOf(subject);
    return values.length > 0 ? spreadOf(values) : undefined;
  }

  /** How many times the other one it is, compared round by round: a busy moment of the machine hits both. */
  ratio(one: Subject, other: Subject): Spread | undefined {
    const [values, others] = [this.valuesOf(one), this.valuesOf(other)];
    if (values.length === 0 || others.length === 0) {
      return undefined;
    }
    return spreadOf(values.map((value, round) => value / (others[round] as number)));
  }

  private valuesOf([server, measure]: Subject): number[] {
    return this.values.get(`${server} ${measure}`) ?? [];
  }
}
