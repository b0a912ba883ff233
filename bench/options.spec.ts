import { UsageError } from './failure.ts';
import { help, readOptions } from './options.ts';

const service = '--service=package.json';
const read = (args: string[], env = {}) => readOptions([service, ...args], env);

describe('readOptions', () => {
  it('should have sane defaults', () => {
    expect(read([])).toMatchObject({ rounds: 5, servers: expect.arrayContaining(['service']), check: false });
  });

  it('should read flags and variables, a flag before its variable, an empty variable as none', () => {
    const env = { BENCH_ROUNDS: '7', BENCH_SECONDS: '3', BENCH_CONNECTIONS: '' };
    expect(read(['--rounds', '2', '--loads', 'auth,bad', '--check'], env)).toMatchObject({
      rounds: 2,
      seconds: 3,
      connections: 32,
      loads: ['auth', 'bad'],
      check: true,
    });
  });

  it('should name every fault', () => {
    const args = ['--rounds', '0', '--loads', 'auth,all', '--podinfo', 'nowhere', '--frob', 'more'];
    expect(() => read(args)).toThrow(UsageError);
    for (const fault of ['--rounds', '--loads', '--podinfo', '--frob', 'more']) {
      expect(() => read(args)).toThrow(fault);
    }
  });

  it('should ask for the value of a flag that needs one', () => {
    expect(() => read(['--podinfo'])).toThrow('--podinfo');
  });
});

describe('help', () => {
  it('should tell each option with its variable and its default', () => {
    expect(help()).toMatch(/--rounds NUMBER +BENCH_ROUNDS +.*\(5\)/);
    expect(help()).toMatch(/--check +BENCH_CHECK /);
  });
});
