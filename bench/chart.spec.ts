import { chart } from './chart.ts';

const bars = (svg: string) =>
  [...svg.matchAll(/<rect [^>]*width="(\d+)"[^>]*fill="(#\w+)"/g)].map(([, width, fill]) => ({
    width: Number(width),
    fill,
  }));

describe('chart', () => {
  const svg = chart(
    'rates',
    ['one', 'two <2>', 'three'],
    [
      { title: 'all', values: [100, 50, 25] },
      { title: 'some', values: [10, undefined, 20] },
    ],
  );

  it('should draw bars as long as their values', () => {
    const [one, two, three] = bars(svg).map(({ width }) => width) as [number, number, number];
    expect(two / one).toBeCloseTo(0.5, 2);
    expect(three / one).toBeCloseTo(0.25, 2);
  });

  it('should leave out what there is none of, and keep the colour of each series', () => {
    const colours = bars(svg).map(({ fill }) => fill);
    expect(colours).toHaveLength(5);
    expect(colours.slice(3)).toEqual([colours[0], colours[2]]);
    expect(new Set(colours).size).toBe(3);
  });

  it('should escape texts', () => {
    expect(svg).toContain('two &lt;2>');
    expect(svg).not.toContain('<2>');
  });
});
