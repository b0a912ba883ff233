import { explain } from './app.fault.js';
import { EnvironmentError } from './config/environment.js';

/** An error as Node.js makes it. */
const fault = (properties: object) =>
  Object.assign(new Error('listen or look up, in the words of Node.js'), properties);

describe(explain.name, () => {
  it.each([
    [
      { code: 'EADDRINUSE', syscall: 'listen', port: 80 },
      'port 80 is in use. Set PORT or METRICS_PORT to another.',
    ],
    [
      { code: 'EACCES', syscall: 'listen', port: 80 },
      'port 80 is not for this user to listen on. Set PORT and METRICS_PORT to 1024 or more.',
    ],
    [{ code: 'EADDRNOTAVAIL', syscall: 'listen', port: 80 }, 'HOST is no address of this machine.'],
    [{ code: 'ENOTFOUND', syscall: 'getaddrinfo' }, 'HOST is no address of this machine.'],
    [{ code: 'EAI_AGAIN', syscall: 'getaddrinfo' }, 'HOST is no address of this machine.'],
  ])('should say in one line how to mend %j', (properties, reason) => {
    expect(explain(fault(properties))).toBe(`jwt-api cannot start: ${reason}`);
  });

  it('should have the faults of the environment as they are', () => {
    const error = new EnvironmentError([{ name: 'PORT', fault: 'is wrong' }]);
    expect(explain(error)).toBe('jwt-api cannot start, its environment is wrong:\n  PORT is wrong');
  });

  it('should have the stack of what nobody has foreseen', () => {
    const error = fault({ code: 'EACCES', syscall: 'open' });
    expect(explain(error)).toBe(`jwt-api cannot start: ${error.stack}`);
  });
});
