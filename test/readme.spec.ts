import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { parseEnv, promisify } from 'node:util';
import { NestFastifyApplication } from '@nestjs/platform-fastify';
import { checkEnvironment, environmentSchema } from '../src/config/environment.js';
import { MetricsServer } from '../src/metrics/metrics.server.js';
import { startApp } from './app.js';
import { literal } from './literal.js';
import { describeWith } from './requirements.js';

const README = readFileSync('README.md', 'utf8');

/** What `README.md` shows of a terminal: each command with the answer that it prints. */
function tour(): { command: string; answer: string }[] {
  const console = /^```console\n(.*?)^```$/ms.exec(README)?.[1] ?? '';
  return console
    .split(/^\$ /m)
    .slice(1)
    .map((entry) => {
      const [command = '', ...answer] = entry.trimEnd().split('\n');
      return { command, answer: answer.join('\n') };
    });
}

/** An answer as it may differ from run to run: what `…` leaves out, and the times. */
function pattern(answer: string): RegExp {
  return new RegExp(
    `^${literal(answer)
      .replaceAll('…', '.+')
      .replaceAll(/\d{10}/g, '\\d{10}')}$`,
  );
}

describeWith(['curl'], "README.md's tour", () => {
  let app: NestFastifyApplication;

  beforeAll(async () => {
    app = await startApp();
  });

  afterAll(() => app.close());

  it('should print what it shows', async () => {
    const port = new URL(await app.getUrl()).port;
    const metricsPort = app.get(MetricsServer).port;
    const separator = '--next--';
    const script = tour()
      .map(({ command }) => command.replaceAll('localhost:8080', `127.0.0.1:${port}`))
      .map((command) => command.replaceAll('localhost:9090', `127.0.0.1:${metricsPort}`))
      .map((command) => `${command}; echo '${separator}'`)
      .join('\n');

    const { stdout: printed } = await promisify(execFile)('sh', ['-c', script]);

    const answers = printed.split(separator).slice(0, -1);
    expect(answers.length).toBeGreaterThan(5);
    tour().forEach(({ answer }, index) => {
      expect(answers[index]?.trim()).toMatch(pattern(answer));
    });
  });
});

describe("README.md's table of the environment", () => {
  const rows = [...README.matchAll(/^\| `([A-Z_]+)` \| (?:`(.+?)`)? ?\|/gm)].map(([, name, value]) => ({
    name: name as string,
    value,
  }));

  it('should have every variable', () => {
    expect(rows.map(({ name }) => name)).toEqual(Object.keys(environmentSchema.shape));
  });

  it.each(rows)('should have the default of $name', ({ name, value }) => {
    const unset = checkEnvironment({});
    expect(checkEnvironment(value === undefined ? {} : { [name]: value })).toEqual(unset);
    expect(unset[name as keyof typeof unset] === undefined).toBe(value === undefined);
  });
});

describe('.env.example', () => {
  const text = readFileSync('.env.example', 'utf8');

  it('should have every variable', () => {
    const names = text.matchAll(/\b([A-Z_]+)=/g);
    expect([...names].map(([, name]) => name)).toEqual(Object.keys(environmentSchema.shape));
  });

  it('should change nothing when it is copied as it is', () => {
    expect(checkEnvironment(parseEnv(text))).toEqual(checkEnvironment({}));
  });

  it('should leave the secret to whoever copies it', () => {
    expect(text).toMatch(/^JWT_SECRET=$/m);
  });
});
