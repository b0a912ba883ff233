import { Results } from './results.ts';

describe('Results', () => {
  const results = new Results();
  // The second round is a busy one: for both.
  for (const [service, bare] of [
    [70, 100],
    [8, 10],
    [60, 100],
  ] as const) {
    results.add('service', 'auth rate', service);
    results.add('bare', 'auth rate', bare);
  }

  it('should compare round by round', () => {
    const ratio = results.ratio(['service', 'auth rate'], ['bare', 'auth rate']);
    expect(ratio).toEqual({ median: 0.7, least: 0.6, most: 0.8 });
  });

  it('should tell nothing of what was not measured', () => {
    expect(results.of('bare', 'start')).toBeUndefined();
    expect(results.ratio(['service', 'auth rate'], ['flask', 'auth rate'])).toBeUndefined();
    expect(results.ratio(['flask', 'auth rate'], ['service', 'auth rate'])).toBeUndefined();
  });
});
