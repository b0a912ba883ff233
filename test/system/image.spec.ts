import { execFileSync } from 'node:child_process';
import { appendFileSync, cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describeWith } from '../requirements.js';
import { cleanUp, SECRET, temporaryFolder } from '../service-process.js';
import { until } from '../until.js';
import { build, docker, dockerOutput, inspect, removeAll, startContainer } from './container.js';

const IMAGE = `jwt-api-test:${process.pid}`;
const CHANGED = `jwt-api-test:${process.pid}-changed`;
const NODE = '/nodejs/bin/node';
const IS_CACHE_REFUSED = `
  const read = (suffix) => fs.readFileSync('dist/app.start.cjs' + suffix);
  const source = require('module').wrap(read('').toString('latin1'));
  new vm.Script(source, { cachedData: read('.cache') }).cachedDataRejected;
`;
const READ_LICENCES = 'fs.readFileSync("dist/licences.txt", "utf8")';

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

/** What a push moves of an image's last layer: it, compressed. */
function lastLayerOf(image: string): Buffer {
  const archive = join(temporaryFolder(), 'image.tar');
  dockerOutput('save', '--output', archive, image);
  const read = (name: string) => execFileSync('tar', ['-xOf', archive, name], { maxBuffer: 2 ** 28 });
  const [{ Layers: layers }] = JSON.parse(String(read('manifest.json')));
  return gzipSync(read(layers.at(-1)));
}

/** A file with the secret, as `docker run --env-file` takes it. */
function environmentFile(): string {
  const path = join(temporaryFolder(), '.env');
  writeFileSync(path, `AUTH_MODE=open\nJWT_SECRET=${SECRET}\n`);
  return path;
}

describeWith(['docker'], 'the image', () => {
  let files: string[];

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

  it('should hold the bundle, and beside it no package but the one that is served file by file', () => {
    expect([...new Set(files.flatMap((file) => /^app\/([^/]+)/.exec(file)?.[1] ?? []))].sort()).toEqual([
      'dist',
      'node_modules',
      'package.json',
    ]);
    expect(files.filter((file) => /^app\/node_modules\/[^/]+\/$/.test(file))).toEqual([
      'app/node_modules/swagger-ui-dist/',
    ]);
    expect(
      files.filter((file) => /^app\/.*\.(ts|map)$|(^|\/)(npm|npx|yarn|corepack)(\/|$)/.test(file)),
    ).toEqual([]);
  });

  it('should hold the licence of each package in the bundle, none of which is for development', () => {
    const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
      packages: Record<string, { dev?: boolean; dependencies?: object }>;
    };
    const dependencies = Object.keys(lock.packages['']?.dependencies ?? {});
    const licences = dockerOutput('run', '--rm', '--entrypoint', NODE, IMAGE, '-p', READ_LICENCES);
    const names = [...licences.matchAll(/^([@a-z][\w@/.-]*) \d\S*: /gm)].map(([, name]) => name);
    expect(names.length).toBeGreaterThan(50);
    expect(names).toEqual(expect.arrayContaining(dependencies));
    expect(names.filter((name) => lock.packages[`node_modules/${name}`]?.dev)).toEqual([]);
    for (const name of dependencies) {
      const texts = readdirSync(`node_modules/${name}`).filter((file) => /^licen[cs]e/i.test(file));
      for (const text of texts) {
        expect(licences).toContain(readFileSync(`node_modules/${name}/${text}`, 'utf8').trim());
      }
    }
    expect(files).toContain('app/node_modules/swagger-ui-dist/LICENSE');
  });

  it('should have what its own Node.js has compiled', () => {
    const refused = dockerOutput('run', '--rm', '--entrypoint', NODE, IMAGE, '-p', IS_CACHE_REFUSED);
    expect(refused).toBe('false');
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
    expect(lastLayerOf(CHANGED).length).toBeLessThan(2_000_000);
  });
});
