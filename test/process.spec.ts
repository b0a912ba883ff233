import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import jsonwebtoken from 'jsonwebtoken';
import { freePort } from './free-port.js';
import { cleanUp, RunningProcess, SECRET, startService, temporaryFolder } from './service-process.js';

afterEach(cleanUp);

/** Read as a shell would, but without one, and without curl. */
const CURL_LINE = /^Try: curl -s (\S+) -H '([\w-]+): ([^']+)' -d '([^']+)'$/;

const OTHER_SECRET = 'another secret of the tests, as long as that';

/** The status of `/contents` for a token of this secret. */
async function contentsStatus(service: RunningProcess, secret: string): Promise<number> {
  const token = jsonwebtoken.sign({ email: 'ada@example.com' }, secret, { expiresIn: 60 });
  const headers = { authorization: `Bearer ${token}` };
  return (await fetch(`${await service.url()}/contents`, { headers })).status;
}

describe('the process with nothing set', () => {
  it('should say that its secret is random, where Swagger UI is, and a curl line that gets a token', async () => {
    const service = startService({ HOST: '' });
    const port = await service.port();
    await service.printed(/Try: /);
    const messages = service.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).msg);
    expect(messages).toEqual([
      expect.stringMatching(/^JWT_SECRET is not set: a random secret serves for this run/),
      expect.stringMatching(/^AUTH_MODE is open: whoever reaches this service gets a token/),
      expect.stringMatching(/^Server listening at http:/),
      `Swagger UI: http://localhost:${port}/docs`,
      expect.stringMatching(/^Try: curl /),
    ]);
    expect(service.stderr).toBe('');
    expect((await fetch(`http://localhost:${port}/docs`)).status).toBe(200);
    const [, url, name, value, body] = CURL_LINE.exec(messages[4]) as unknown as string[];
    const answer = await fetch(`${url}`, {
      method: 'POST',
      headers: { [`${name}`]: `${value}` },
      body: `${body}`,
    });
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({ token: expect.any(String) });
  });
});

describe('the process with a short secret', () => {
  it('should warn, and serve', async () => {
    const service = startService({ JWT_SECRET: 'myjwtsecret', LOG_LEVEL: 'DEBUG' });
    await service.printed(/"level":"warn".*The secret is shorter than 32 bytes/);
    expect(await contentsStatus(service, 'myjwtsecret')).toBe(200);
  });
});

describe('the process in production', () => {
  it('should start with a secret, and give no hints', async () => {
    const service = startService({ NODE_ENV: 'production', AUTH_MODE: 'open', JWT_SECRET: SECRET });
    expect(await contentsStatus(service, SECRET)).toBe(200);
    expect(service.stdout).not.toMatch(/Swagger|Try:|"level":"error"/);
  });
});

describe('the process in a folder with a .env', () => {
  const folder = () => {
    const path = temporaryFolder();
    writeFileSync(join(path, '.env'), `# a comment\nJWT_SECRET="${SECRET}"\nLOG_LEVEL=error\n`);
    return path;
  };

  it('should read it, with its own variables before those of the file', async () => {
    const service = startService({ LOG_LEVEL: 'info' }, folder());
    expect(await contentsStatus(service, SECRET)).toBe(200);
    const own = startService({ LOG_LEVEL: 'info', JWT_SECRET: OTHER_SECRET }, folder());
    expect(await contentsStatus(own, OTHER_SECRET)).toBe(200);
    expect(await contentsStatus(own, SECRET)).toBe(401);
  });
});

describe('the process with JWT_SECRET_FILE', () => {
  it("should take the file's content, without the end of its line", async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'secret'), `${SECRET}\n`);
    const service = startService(
      { NODE_ENV: 'production', AUTH_MODE: 'open', JWT_SECRET_FILE: 'secret' },
      folder,
    );
    expect(await contentsStatus(service, SECRET)).toBe(200);
  });
});

describe("the process's metrics", () => {
  it('should be on their own port, and on no other', async () => {
    const metricsPort = await freePort();
    const service = startService({ METRICS_PORT: `${metricsPort}`, JWT_SECRET: SECRET });
    expect((await fetch(`${await service.url()}/metrics`)).status).toBe(404);
    await fetch(`${await service.url()}/`);
    const metrics = await fetch(`http://127.0.0.1:${metricsPort}/metrics`);
    expect(await metrics.text()).toMatch(
      /http_request_duration_seconds_count\{route="\/",method="GET",status="2xx"\} 1\n/,
    );
    expect((await fetch(`http://127.0.0.1:${metricsPort}/auth`)).status).toBe(404);
  });
});
