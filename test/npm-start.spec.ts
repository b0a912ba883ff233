import { cpSync, existsSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Connection } from './connection.js';
import { cleanUp, RunningProcess, temporaryFolder } from './service-process.js';

afterEach(cleanUp);

/** What a clone has after `npm ci`. It is a copy: other tests run what the repository's own `dist` has. */
function clone(): string {
  const folder = temporaryFolder();
  for (const name of ['.npmrc', 'build', 'package.json', 'src', 'tsconfig.json']) {
    cpSync(name, join(folder, name), { recursive: true });
  }
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
  return folder;
}

describe('npm start with nothing set', () => {
  it('should build, serve until Ctrl-C, and leave nothing behind', async () => {
    const { PATH, HOME } = process.env;
    const npm = new RunningProcess('npm', ['start'], {
      cwd: clone(),
      detached: true,
      env: { PATH, HOME, PORT: '0', METRICS_PORT: '0' },
    });
    const port = await npm.port();
    await npm.printed(/Swagger UI: http:\/\/localhost:\d+\/docs/);
    expect(await (await fetch(`http://localhost:${port}/`)).json()).toBe('Healthy');
    npm.signal('SIGINT');
    // It ends when the last process has that writes to it. npm's own ending depends on the shell between them.
    expect([0, 130, 'SIGINT']).toContain(await npm.ended);
    expect(npm.stderr).toBe('');
    expect(await Connection.isRefused(port)).toBe(true);
  });
});

describe('npm run build', () => {
  it('should print nothing, and have nothing of an .env, which is for the service that is started', async () => {
    const cwd = clone();
    writeFileSync(join(cwd, '.env'), 'PORT=none\n');
    const { PATH, HOME } = process.env;
    const npm = new RunningProcess('npm', ['run', '--silent', 'build'], { cwd, env: { PATH, HOME } });
    expect(await npm.ended).toBe(0);
    expect(npm.stdout + npm.stderr).toBe('');
    expect(existsSync(join(cwd, 'dist/app.start.cjs.cache'))).toBe(true);
  });
});
