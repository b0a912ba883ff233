import { jest } from '@jest/globals';
import { KeyRing } from '../keys/key-ring.js';
import { CheckedTokens } from './checked-tokens.js';
import { InvalidTokenException, RefusalReason } from './invalid-token.exception.js';

const NOW = 1_767_225_600;
const CONTENTS = { email: 'ada@example.com', exp: NOW + 60 };

describe('CheckedTokens', () => {
  let clock: jest.SpiedFunction<() => number>;
  let checked: CheckedTokens;
  const ring = {} as KeyRing;
  const refuse = (token: string, reason: RefusalReason) =>
    checked.refuse(token, new InvalidTokenException(reason));

  beforeEach(() => {
    clock = jest.spyOn(Date, 'now').mockReturnValue(NOW * 1_000);
    checked = new CheckedTokens();
    expect(checked.get('a.b.c', ring)).toBeUndefined();
    checked.accept('a.b.c', CONTENTS);
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

  it('should refuse a token again for the same reason, until the keys are others', () => {
    refuse('a.b.d', 'signature');
    expect(() => checked.get('a.b.d', ring)).toThrow(expect.objectContaining({ reason: 'signature' }));
    expect(checked.get('a.b.d', {} as KeyRing)).toBeUndefined();
  });

  it('should refuse what has expired, unless the clock is set back', () => {
    refuse('a.b.d', 'expired');
    clock.mockReturnValue(NOW * 1_000 + 1);
    expect(() => checked.get('a.b.d', ring)).toThrow(expect.objectContaining({ reason: 'expired' }));
    clock.mockReturnValue(NOW * 1_000 - 1);
    expect(checked.get('a.b.d', ring)).toBeUndefined();
  });

  it('should not remember that the time of a token is still to come', () => {
    refuse('a.b.d', 'not_yet_valid');
    expect(checked.get('a.b.d', ring)).toBeUndefined();
  });

  it('should hold one exception for all tokens of a reason', () => {
    const thrown = ['a.b.d', 'a.b.e'].map((token) => {
      refuse(token, 'signature');
      try {
        return checked.get(token, ring);
      } catch (error) {
        return error;
      }
    });
    expect(thrown[0]).toBeInstanceOf(InvalidTokenException);
    expect(thrown[1]).toBe(thrown[0]);
  });

  it('should know a good token however many others are refused', () => {
    for (let number = 0; number < 1_000; number += 1) {
      refuse(`${number}`.padEnd(8_000, '.'), 'malformed');
    }
    expect(checked.get('0'.padEnd(8_000, '.'), ring)).toBeUndefined();
    expect(checked.get('a.b.c', ring)).toEqual(CONTENTS);
  });

  it('should hold so many bytes and no more: the longest unused goes first', () => {
    const long = Array.from({ length: 5 }, (_, index) => `${index}`.repeat(1.9 * 1024 * 1024));
    for (const token of long) {
      checked.accept(token, CONTENTS);
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

  it('should count what each takes beside its characters', () => {
    refuse('first', 'malformed');
    for (let number = 0; number < 11_000; number += 1) {
      refuse(`${number}`, 'malformed');
    }
    expect(checked.get('first', ring)).toBeUndefined();
  });
});
