import { cell, table } from './table.ts';

describe('table', () => {
  it('should write Markdown, with bars of the text escaped', () => {
    expect(table(['a', 'b'], [['x|y', '1']])).toBe('| a | b |\n|---|--:|\n| x\\|y | 1 |');
  });
});

describe('cell', () => {
  it('should tell the median and its spread', () => {
    expect(cell({ median: 1_234.5, least: 0.333, most: 2_000 })).toBe('1,234.50 (0.33–2,000.00)');
    expect(cell({ median: 41.6, least: 40, most: 43 }, 0, ' ms')).toBe('42 ms (40–43)');
  });

  it('should tell nothing of what was not measured', () => {
    expect(cell(undefined)).toBe('–');
  });
});
