import { UnavailableException } from './unavailable.exception.js';
import { WorkQueue } from './work-queue.js';

describe('WorkQueue', () => {
  const gate = () => {
    let open = () => {};
    const opened = new Promise<void>((resolve) => (open = resolve));
    return { open, opened };
  };

  it('should do so much at a time, keep so much waiting in order, and send the rest away', async () => {
    const queue = new WorkQueue(2, 3);
    const gates = Array.from({ length: 7 }, gate);
    const begun: number[] = [];
    const results = gates.map(({ opened }, index) =>
      queue
        .run(async () => {
          begun.push(index);
          await opened;
          return index;
        })
        .catch((error: unknown) => error),
    );
    expect(await Promise.all(results.slice(5))).toEqual([
      expect.any(UnavailableException),
      expect.any(UnavailableException),
    ]);
    expect(begun).toEqual([0, 1]);
    gates[1]?.open();
    await results[1];
    await Promise.resolve();
    expect(begun).toEqual([0, 1, 2]);
    for (const { open } of gates) {
      open();
    }
    expect(await Promise.all(results.slice(0, 5))).toEqual([0, 1, 2, 3, 4]);
    expect(begun).toEqual([0, 1, 2, 3, 4]);
  });

  it('should go on after work that fails', async () => {
    const queue = new WorkQueue(1, 1);
    const fail = () => Promise.reject(new Error('no'));
    const ends = await Promise.allSettled([queue.run(fail), queue.run(fail)]);
    expect(ends.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await expect(queue.run(async () => 'done')).resolves.toBe('done');
  });
});
