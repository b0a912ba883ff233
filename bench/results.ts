import type { LoadName } from './loads.ts';
import type { ServerName } from './servers.ts';
import { type Spread, spreadOf } from './statistics.ts';

/** What is measured of a load: answers a second, and microseconds of a core for each of them. */
type OfLoad = 'rate' | 'cpu' | 'busy' | 'p50' | 'p99' | 'p99.9';
export type Measure = `${LoadName} ${OfLoad}` | 'start' | 'idle memory' | 'loaded memory';

/** What has been measured, round by round. */
export class Results {
  private readonly values = new Map<string, number[]>();

  add(server: ServerName, measure: Measure, value: number): void {
    const key = `${server} ${measure}`;
    this.values.set(key, [...(this.values.get(key) ?? []), value]);
  }

  /** Over all rounds; nothing if it was not measured. */
  of(server: ServerName, measure: Measure): Spread | undefined {
    const values = this.values.get(`${server} ${measure}`);
    return values && spreadOf(values);
  }

  /** How many times the second server's value the first one's is, compared round by round: a busy moment hits both. */
  ratio(server: ServerName, other: ServerName, measure: Measure): Spread | undefined {
    const values = this.values.get(`${server} ${measure}`);
    const others = this.values.get(`${other} ${measure}`);
    return values && others && spreadOf(values.map((value, round) => value / (others[round] as number)));
  }
}
