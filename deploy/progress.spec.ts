import { jest } from '@jest/globals';
import { Progress } from './progress.ts';

describe('Progress', () => {
  let written: string;

  beforeEach(() => {
    written = '';
    jest.useFakeTimers();
    jest.spyOn(process.stderr, 'write').mockImplementation((text) => {
      written += text;
      return true;
    });
  });
  afterEach(() => {
    jest.useRealTimers();
    jest.restoreAllMocks();
  });

  it('should tell of a step that it begins, goes on, and what came of it', async () => {
    const step = new Progress().step(
      'Build',
      () => new Promise((done) => setTimeout(done, 45_000, 'x')),
      String,
    );
    await jest.advanceTimersByTimeAsync(45_000);
    expect(await step).toBe('x');
    expect(written).toBe('▸ Build\n  goes on (20.0 s)\n  goes on (40.0 s)\n  ✔ x (45.0 s)\n');
    expect(jest.getTimerCount()).toBe(0);
  });

  it('should tell of a step that fails', async () => {
    const work = () => Promise.reject(new Error('no'));
    await expect(new Progress().step('Build', work)).rejects.toThrow('no');
    expect(written).toBe('▸ Build\n  ✘ (0.0 s)\n');
    expect(jest.getTimerCount()).toBe(0);
  });
});
