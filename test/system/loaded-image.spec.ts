import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { describeWith } from '../requirements.js';
import { CHART, HELMS, run } from './chart.js';
import { check } from './client.js';
import { execute, kubectl, Namespace } from './cluster.js';
import { tokenAsTold } from './told.js';
import { begin } from './up.js';

const KUBECONFIG = `${process.env.TEST_KUBECONFIG}`;

describeWith(['cluster', 'docker', 'load', ...HELMS], 'a cluster that has the image loaded', () => {
  beforeAll(async () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    // An image of its own: one that a kubelet has pulled before, it pulls again to see whether it still may.
    const revision = ['--build-arg', 'REVISION=loaded'];
    await execute('docker', ['build', '--quiet', ...revision, '--tag', `jwt-api:${version}`, '.']);
    await execute('sh', ['-c', `${process.env.TEST_LOAD_IMAGE} jwt-api:${version}`]);
  });

  it.each(HELMS)('should need no value, with %s, and be reached as the notes tell', async (helm) => {
    const namespace = await Namespace.create(`no-values-${helm}`);
    const wait = helm === 'helm' ? '--wait=legacy' : '--wait';
    const notes = await namespace.helm(helm, ['upgrade', '--install', 'jwt-api', CHART, wait]);
    const token = await tokenAsTold(notes, KUBECONFIG);
    await expect(check(await namespace.address(), token)).resolves.toBe(200);
    const prove = /^Prove that it works: helm (.*)$/m.exec(notes)?.[1]?.split(' ') ?? [];
    expect(run(helm, [...prove, '--kubeconfig', KUBECONFIG])).toMatchObject({ status: 0 });
    await namespace.delete();
  });
});

describeWith(['cluster', 'docker', 'helm', 'load'], 'npm run deploy -- up, on a cluster of kind', () => {
  const namespace = new Namespace('up-kind');
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'up-kind-'));
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true });
    await namespace.delete();
  });

  /** The throw-away cluster under a name of kind's, and a `kind` that does what kind does to it. */
  async function asKind(): Promise<NodeJS.ProcessEnv> {
    const config = JSON.parse(await kubectl(['config', 'view', '--raw', '--minify', '--output=json']));
    config.contexts[0].name = config['current-context'] = 'kind-throw-away';
    writeFileSync(join(folder, 'kubeconfig'), JSON.stringify(config), { mode: 0o600 });
    const script = `#!/bin/sh
case "$1 $2 $4 $5" in
'version --quiet  ') echo 0.30.0 ;;
'load docker-image --name throw-away') exec ${process.env.TEST_LOAD_IMAGE} "$3" ;;
*) exit 2 ;;
esac
`;
    writeFileSync(join(folder, 'kind'), script, { mode: 0o755 });
    const PATH = `${folder}${delimiter}${process.env.PATH}`;
    // Without a commit it builds an image that no other test has pushed, and so no kubelet has pulled.
    return { PATH, KUBECONFIG: join(folder, 'kubeconfig'), GIT_DIR: folder };
  }

  it('should load the image, ask nothing, and need no registry', async () => {
    const env = await asKind();
    const { code, stdout, stderr } = await begin(['--namespace', namespace.name], env).end;
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: expect.stringContaining('Bring the image into kind-throw-away'),
    });
    await expect(tokenAsTold(stdout, `${env.KUBECONFIG}`)).resolves.toMatch(/^ey/);
  });
});
