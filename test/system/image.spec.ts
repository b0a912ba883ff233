import { execFileSync } from 'node:child_process';
import { appendFileSync, cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeWith } from '../requirements.js';
import { cleanUp, SECRET, temporaryFolder } from '../service-process.js';
import { until } from '../until.js';
import { build, docker, dockerOutput, inspect, removeAll, startContainer } from './container.js';

const IMAGE = `jwt-api-test:${process.pid}`;
const CHANGED = `jwt-api-test:${process.pid}-changed`;
const NODE = '/nodejs/bin/node';

/** What a clone has, for a build that changes it. */
function copyOfContext(): string {
  const folder = temporaryFolder();
  for (const name of readFileSync('.dockerignore', 'utf8').match(/(?<=^!).+/gm) ?? []) {
    cpSync(name, join(folder, name), { recursive: true });
  }
  for (const name of ['Dockerfile', '.dockerignore']) {
    cpSync(name, join(folder, name));
  }
  return folder;
}

/** A file with the secret, as `docker run --env-file` takes it. */
function environmentFile(): string {
  const path = join(temporaryFolder(), '.env');
  writeFileSync(path, `AUTH_MODE=open\nJWT_SECRET=${SECRET}\n`);
  return path;
}

describeWith(['docker'], 'the image', () => {
  let files: string[];
  const packages = () =>
    files
      .filter((file) => /^app\/(.*\/)?node_modules\/(@[^/]+\/)?[^@/.][^/]*\/$/.test(file))
      .map((file) => file.slice('app/'.length, -1));

  beforeAll(() => {
    build(IMAGE, '.');
    const id = dockerOutput('create', IMAGE);
    const archive = join(temporaryFolder(), 'image.tar');
    dockerOutput('export', '--output', archive, id);
    docker('rm', id);
    files = execFileSync('tar', ['-tf', archive], { encoding: 'utf8', maxBuffer: 2 ** 28 }).split('\n');
  });
  afterAll(async () => {
    removeAll(IMAGE, CHANGED);
    await cleanUp();
  });

  it('should serve without rights, read-only, and stop with exit code 0', async () => {
    const container = startContainer(IMAGE, '--env-file', environmentFile());
    const url = `http://${dockerOutput('port', container, '8080/tcp')}`;
    const answer = await until('an answer', () => {
      expect(docker('logs', container)).toMatchObject({ stderr: '' });
      return fetch(`${url}/readyz`).catch(() => undefined);
    });
    expect(answer.status).toBe(200);
    const issued = await fetch(`${url}/auth`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: 'ada@example.com', password: 'any' }),
    });
    const { token } = (await issued.json()) as { token: string };
    const contents = await fetch(`${url}/contents`, { headers: { authorization: `Bearer ${token}` } });
    expect(await contents.json()).toMatchObject({ email: 'ada@example.com' });
    const docs = await fetch(`${url}/docs`);
    const assets = [...(await docs.text()).matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path);
    expect(assets.length).toBeGreaterThan(4);
    for (const path of assets) {
      expect([path, (await fetch(new URL(`${path}`, `${url}/docs`))).status]).toEqual([path, 200]);
    }
    dockerOutput('stop', '--time', '20', container);
    expect(inspect(container, '.State')).toMatchObject({ Status: 'exited', ExitCode: 0 });
  });

  it('should refuse to start without a secret', () => {
    const { status, stderr } = docker('run', '--rm', IMAGE);
    expect(stderr).toMatch(
      /^jwt-api cannot start, its environment is wrong:\n {2}AUTH_MODE is needed.*\n {2}JWT_SECRET is needed/,
    );
    expect(status).toBe(1);
  });

  it('should run as a numeric user that is not root', () => {
    expect(inspect(IMAGE, '.Config.User')).toMatch(/^[1-9]\d*(:\d+)?$/);
    expect(dockerOutput('run', '--rm', '--entrypoint', NODE, IMAGE, '-p', 'process.getuid()')).toBe('65532');
  });

  it('should have no shell', () => {
    expect(docker('run', '--rm', '--entrypoint', '/bin/sh', IMAGE, '-c', 'true').status).toBe(127);
    expect(files.filter((file) => /\/(ba|da)?sh$|\/busybox$/.test(file))).toEqual([]);
  });

  it('should hold the production dependencies and no other, without sources or npm', () => {
    const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
      packages: Record<string, { dev?: boolean; dependencies?: object }>;
    };
    const names = packages();
    expect(names).toEqual(
      expect.arrayContaining(
        Object.keys(lock.packages['']?.dependencies ?? {}).map((name) => `node_modules/${name}`),
      ),
    );
    expect(names.filter((name) => !lock.packages[name] || lock.packages[name].dev)).toEqual([]);
    expect(
      files.filter((file) => /^app\/.*\.(ts|map)$|(^|\/)(npm|npx|yarn|corepack)(\/|$)/.test(file)),
    ).toEqual([]);
    expect([...new Set(files.flatMap((file) => /^app\/([^/]+)/.exec(file)?.[1] ?? []))].sort()).toEqual([
      'dist',
      'node_modules',
      'package.json',
    ]);
    expect(files.filter((file) => /\.spec\./.test(file) && file.startsWith('app/dist'))).toEqual([]);
  });

  it('should hold the licence of each package', () => {
    const due = packages().flatMap((name) =>
      readdirSync(name)
        .filter((file) => /^licen[cs]e/i.test(file))
        .map((file) => `app/${name}/${file}`),
    );
    expect(due.length).toBeGreaterThan(50);
    expect(due.filter((file) => !files.includes(file))).toEqual([]);
  });

  it('should say what it is and of which commit', () => {
    expect(inspect(IMAGE, '.Config.Labels')).toMatchObject({
      'org.opencontainers.image.title': 'jwt-api',
      'org.opencontainers.image.licenses': 'Apache-2.0',
      'org.opencontainers.image.version': '1.2.3',
      'org.opencontainers.image.revision': '0123abc',
    });
  });

  it('should change in its last layer alone when a source does', () => {
    const context = copyOfContext();
    appendFileSync(join(context, 'src/main.ts'), '\nprocess.title = "changed";\n');
    build(CHANGED, context);
    const [before, after] = [IMAGE, CHANGED].map((image) => inspect(image, '.RootFS.Layers') as string[]);
    expect(after?.slice(0, -1)).toEqual(before?.slice(0, -1));
    expect(after?.at(-1)).not.toBe(before?.at(-1));
    expect(
      Number(
        dockerOutput('history', '--format', '{{.Size}}', '--human=false', CHANGED)
          .split('\n')
          .find((size) => size !== '0'),
      ),
    ).toBeLessThan(2_000_000);
  });
});
