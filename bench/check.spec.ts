import { check, describeVerdicts } from './check.ts';
import { type Goal, TOLERANCE } from './goals.ts';
import { Results } from './results.ts';

const of = (value: number) => () => ({ median: value, least: value, most: value });
const goal = (title: string, more: Partial<Goal>): Goal => ({ title, wanted: 1, measured: of(1), ...more });
const results = new Results();

describe('check', () => {
  it('should find a ratio lost that fell by more than the tolerance', () => {
    const edge = 2 * (1 - TOLERANCE);
    const goals = [
      goal('kept', { reached: 2, measured: of(edge + 0.01) }),
      goal('lost', { reached: 2, measured: of(edge - 0.01) }),
    ];
    expect(check(goals, results).map(({ title, isLost }) => [title, isLost])).toEqual([
      ['kept', false],
      ['lost', true],
    ]);
  });

  it('should find one lost that rose, of what is better when it is less', () => {
    const edge = 2 * (1 + TOLERANCE);
    const goals = [edge - 0.01, edge + 0.01].map((value) =>
      goal('start', { reached: 2, isMost: true, measured: of(value) }),
    );
    expect(check(goals, results).map(({ isLost }) => isLost)).toEqual([false, true]);
  });

  it("should go by the core's time where it is known", () => {
    const [verdict] = check([goal('auth', { reached: 2, measured: of(1), byCore: of(2) })], results);
    expect(verdict).toMatchObject({ now: 2, isLost: false });
  });

  it('should leave out what was never reached, and lose nothing that was not measured', () => {
    const goals = [goal('ahead', {}), goal('elsewhere', { reached: 2, measured: () => undefined })];
    expect(check(goals, results)).toEqual([
      { title: 'elsewhere', reached: 2, now: undefined, isLost: false },
    ]);
  });

  it('should name the row that is lost', () => {
    const verdicts = check([goal('`/auth`', { reached: 2 })], results);
    expect(describeVerdicts(verdicts)).toBe('LOST, 1.00 (reached 2): `/auth`');
  });
});
