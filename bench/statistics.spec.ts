import { percentile, spreadOf } from './statistics.ts';

describe('spreadOf', () => {
  it.each([
    [[9, 1, 5], 5],
    [[4, 1, 2, 10], 3],
    [[100, 20, 3], 20],
    [[7], 7],
  ])('should tell the median of %j', (values, median) => {
    expect(spreadOf(values).median).toBe(median);
  });

  it('should tell what the values lie between, and leave them in their order', () => {
    const values = [9, 100, 20];
    expect(spreadOf(values)).toEqual({ median: 20, least: 9, most: 100 });
    expect(values).toEqual([9, 100, 20]);
  });
});

describe('percentile', () => {
  const values = Array.from({ length: 1_000 }, (_, index) => 1_000 - index);

  it.each([
    [0.5, 500],
    [0.99, 990],
    [0.999, 999],
    [1, 1_000],
  ])('should tell what a part of %d does not exceed', (part, expected) => {
    expect(percentile(values, part)).toBe(expected);
  });

  it('should tell a value that there is, of however few', () => {
    expect(percentile([3, 8], 0.999)).toBe(8);
    expect(percentile([3, 8], 0)).toBe(3);
  });
});
