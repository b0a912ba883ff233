import { cpuSecondsOf, residentMegabytesOf, ticksOf } from './proc.ts';

describe('ticksOf', () => {
  it('should add up user and system time, whatever the name of the process', () => {
    const fields = ['S', ...Array.from({ length: 10 }, () => '1'), '250', '50', '9'];
    expect(ticksOf(`12 (a b) c) ${fields.join(' ')}`)).toBe(300);
  });
});

const itOnLinux = process.platform === 'linux' ? it : it.skip;

describe('cpuSecondsOf and residentMegabytesOf', () => {
  itOnLinux('should tell of a process that is there', () => {
    expect(cpuSecondsOf(process.pid)).toBeGreaterThan(0);
    const now = residentMegabytesOf(process.pid, 'VmRSS');
    expect(now).toBeGreaterThan(10);
    expect(residentMegabytesOf(process.pid, 'VmHWM')).toBeGreaterThanOrEqual(now);
  });
});
