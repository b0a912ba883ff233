import { jest } from '@jest/globals';
import { FailureStorage } from './failure-storage.js';

const NOW = 1_800_000_000_000;

describe('FailureStorage', () => {
  let clock: jest.SpiedFunction<() => number>;
  let storage: FailureStorage;
  const fail = (key: string, name = 'email') => storage.increment(key, 60_000, 3, 60_000, name);

  beforeEach(() => {
    clock = jest.spyOn(Date, 'now').mockReturnValue(NOW);
    storage = new FailureStorage();
  });
  afterEach(() => jest.restoreAllMocks());

  it('should block a key with the failure that reaches the limit', async () => {
    expect(await fail('a')).toEqual({
      totalHits: 1,
      timeToExpire: 60,
      isBlocked: false,
      timeToBlockExpire: 0,
    });
    await fail('a');
    expect(storage.blockedFor('a', 'email')).toBe(0);
    clock.mockReturnValue(NOW + 30_000);
    expect(await fail('a')).toMatchObject({ totalHits: 3, isBlocked: true, timeToBlockExpire: 60 });
    expect(storage.blockedFor('a', 'email')).toBe(60);
    expect([storage.blockedFor('a', 'address'), storage.blockedFor('b', 'email')]).toEqual([0, 0]);
  });

  it('should not block for longer, whatever fails meanwhile', async () => {
    await Promise.all([fail('a'), fail('a'), fail('a')]);
    clock.mockReturnValue(NOW + 50_000);
    await fail('a');
    expect(storage.blockedFor('a', 'email')).toBe(10);
  });

  it('should hold no more keys than it may, and keep those that fail', async () => {
    await Promise.all([fail('victim'), fail('victim'), fail('victim')]);
    for (let key = 0; key < 9_999; key += 1) {
      await fail(`k${key}`);
    }
    expect(storage.blockedFor('victim', 'email')).toBe(60);
    for (let key = 0; key < 30_000; key += 1) {
      await fail(`m${key}`);
    }
    expect(storage.size).toBe(10_000);
  });

  it('should let go of what has expired', async () => {
    await Promise.all(['a', 'b', 'c'].map((key) => fail(key)));
    clock.mockReturnValue(NOW + 60_000);
    await fail('d');
    expect(storage.size).toBe(1);
  });
});
