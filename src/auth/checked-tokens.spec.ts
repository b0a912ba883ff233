import { jest } from '@jest/globals';
import { KeyRing } from '../keys/key-ring.js';
import { CheckedTokens } from './checked-tokens.js';

const NOW = 1_767_225_600;
const CONTENTS = { email: 'ada@example.com', exp: NOW + 60 };

describe('CheckedTokens', () => {
  let clock: jest.SpiedFunction<() => number>;
  let checked: CheckedTokens;
  const ring = {} as KeyRing;

  beforeEach(() => {
    clock = jest.spyOn(Date, 'now').mockReturnValue(NOW * 1_000);
    checked = new CheckedTokens();
    expect(checked.get('a.b.c', ring)).toBeUndefined();
    checked.add('a.b.c', CONTENTS);
  });
  afterEach(() => clock.mockRestore());

  it('should know a token that was added, and no other', () => {
    expect(checked.get('a.b.c', ring)).toEqual(CONTENTS);
    expect(checked.get('a.b.C', ring)).toBeUndefined();
    expect(checked.get('a.b.c.', ring)).toBeUndefined();
  });

  it('should know no token from its `exp` on', () => {
    clock.mockReturnValue(CONTENTS.exp * 1_000 - 1);
    expect(checked.get('a.b.c', ring)).toEqual(CONTENTS);
    clock.mockReturnValue(CONTENTS.exp * 1_000);
    expect(checked.get('a.b.c', ring)).toBeUndefined();
  });

  it('should forget all when the keys are others, and when they come back', () => {
    expect(checked.get('a.b.c', {} as KeyRing)).toBeUndefined();
    expect(checked.get('a.b.c', ring)).toBeUndefined();
  });

  it('should hold so many characters of tokens and no more: the longest unused goes first', () => {
    const long = Array.from({ length: 5 }, (_, index) => `${index}`.repeat(1024 * 1024));
    for (const token of long) {
      checked.add(token, CONTENTS);
    }
    expect([...long, 'a.b.c'].map((token) => checked.get(token, ring) !== undefined)).toEqual([
      false,
      true,
      true,
      true,
      true,
      false,
    ]);
  });
});
