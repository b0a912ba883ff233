import { Schedule } from './schedule.ts';

describe('Schedule', () => {
  it('should space its requests evenly, whenever they are taken', () => {
    const schedule = new Schedule(1_000, 4, 1);
    expect([schedule.take(), schedule.take(), schedule.take()]).toEqual([1_000, 1_250, 1_500]);
  });

  it('should have a request due by the clock alone', () => {
    const schedule = new Schedule(1_000, 4, 1);
    schedule.take();
    expect(schedule.isDue(1_249)).toBe(false);
    expect(schedule.isDue(1_250)).toBe(true);
  });

  it('should have all that were missed due after a stall, each at its own time', () => {
    const schedule = new Schedule(1_000, 4, 1);
    const due: number[] = [];
    while (schedule.isDue(9_000)) {
      due.push(schedule.take());
    }
    expect(due).toEqual([1_000, 1_250, 1_500, 1_750]);
    expect(schedule.total).toBe(4);
  });

  it('should have one request at least', () => {
    expect(new Schedule(0, 0.1, 1).total).toBe(1);
  });
});
