import { duration } from './duration.js';

describe('duration', () => {
  it.each([
    ['0s', 0],
    ['500ms', 500],
    ['25s', 25_000],
    ['2m', 120_000],
    ['1h', 3_600_000],
    ['14d', 1_209_600_000],
  ])('should read %s as milliseconds', (text, milliseconds) => {
    expect(duration.parse(text)).toBe(milliseconds);
  });

  it.each([
    '',
    '25',
    's',
    '25 s',
    '2.5s',
    '-1s',
    '+1s',
    '1w',
    '1S',
    '1s1ms',
    '1s\n',
    '1e3s',
    '٣s',
    '1234567890s',
  ])('should refuse %j', (text) => {
    expect(duration.safeParse(text).error?.issues[0]?.message).toBe(
      'must be a whole number and a unit (ms, s, m, h or d), such as 25s or 14d',
    );
  });
});
