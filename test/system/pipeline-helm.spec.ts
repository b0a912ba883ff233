import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cleanUp, temporaryFolder } from '../service-process.js';

/** Installs Helm into a new folder, on a machine that has these programs before its own. */
function install(programs: Record<string, string>) {
  const [folder, path] = [temporaryFolder(), temporaryFolder()];
  for (const [name, script] of Object.entries(programs)) {
    writeFileSync(join(path, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  }
  const env = { ...process.env, PATH: `${path}:${process.env.PATH}` };
  const { status, stdout, stderr } = spawnSync('bash', ['deploy/install-helm.sh', folder], {
    env,
    encoding: 'utf8',
  });
  return { status, output: `${stdout}${stderr}`, isInstalled: existsSync(join(folder, 'helm')) };
}

/** A curl that stores this for whatever it is asked. */
const curl = (text: string) => `while [ "$1" != --output ]; do shift; done; printf %s '${text}' > "$2"`;
const NONE = 'exit 127';

describe('deploy/install-helm.sh', () => {
  afterAll(cleanUp);

  it('should be content with a Helm of the same minor version', () => {
    const { status, output } = install({ helm: 'echo v4.3.0', curl: 'exit 1' });
    expect(output).toBe('helm v4.3.0 is there\n');
    expect(status).toBe(0);
  });

  it.each(['v3.19.0', 'v4.30.1', 'v14.3.1'])('should not be content with %s', (version) => {
    const { status, output } = install({ helm: `echo ${version}`, curl: 'echo asked for $@; exit 22' });
    expect(output).toContain('asked for');
    expect(status).toBe(22);
  });

  it('should install nothing whose checksum is another', () => {
    const { status, output, isInstalled } = install({ helm: NONE, curl: curl('not Helm') });
    expect(output).toContain('FAILED');
    expect({ status, isInstalled }).toEqual({ status: 1, isInstalled: false });
  });

  it('should unpack what has the checksum', () => {
    const tar = 'while [ "$1" != --directory ]; do shift; done; echo : > "$2/helm"';
    const { status, output, isInstalled } = install({
      helm: NONE,
      curl: curl('Helm'),
      sha256sum: 'cat >/dev/null',
      tar,
    });
    expect(output).toMatch(/^helm v4\.3\.\d+ is in /);
    expect({ status, isInstalled }).toEqual({ status: 0, isInstalled: true });
  });
});
