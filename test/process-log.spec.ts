import { stripVTControlCharacters } from 'node:util';
import { describeWith } from './requirements.js';
import { cleanUp, MAIN, RunningProcess, SECRET, startService, temporaryFolder } from './service-process.js';
import { until } from './until.js';

afterEach(cleanUp);

const PASSWORD = 'correct-horse-battery';

/** Asks for a token, reads it back, and sends what may not be logged wherever a caller could put it. */
async function useEverything(url: string): Promise<string> {
  const json = { 'content-type': 'application/json' };
  const post = (body: string) => fetch(`${url}/auth`, { method: 'POST', headers: json, body });
  const issued = await post(JSON.stringify({ email: 'ada@example.com', password: PASSWORD }));
  const { token } = (await issued.json()) as { token: string };
  await post(`{"email": "ada@example.com", "password": "${PASSWORD}`);
  await post(JSON.stringify({ email: PASSWORD, password: [PASSWORD], [PASSWORD]: 1 }));
  for (const authorization of [`Bearer ${token}`, `Bearer ${token}x`, token, `Basic ${token}`]) {
    await fetch(`${url}/contents`, { headers: { authorization, 'x-request-id': `${token} ${PASSWORD}` } });
  }
  await fetch(`${url}/contents?access_token=${token}`);
  await fetch(`${url}/${token}/${PASSWORD}`, { method: 'DELETE' });
  await fetch(`${url}/readyz`);
  return token;
}

describe("the process's log", () => {
  it('should be JSON lines without a secret, a password or a token', async () => {
    const service = startService({ JWT_SECRET: SECRET, LOG_LEVEL: 'DEBUG' });
    const token = await useEverything(await service.url());
    service.signal('SIGTERM');
    expect(await service.ended).toBe(0);
    const lines = service.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.filter(({ msg }) => msg === 'request')).toHaveLength(10);
    for (const line of lines) {
      expect(line).toMatchObject({
        level: expect.stringMatching(/^(debug|info|warn)$/),
        time: expect.any(String),
      });
    }
    const [, payload, signature] = token.split('.') as [string, string, string];
    for (const hidden of [SECRET, PASSWORD, payload, signature]) {
      expect(service.stdout).not.toContain(hidden);
    }
    expect(service.stderr).toBe('');
  });

  it('should have a line for each of many requests at once', async () => {
    const service = startService({ LOG_LEVEL: 'INFO', SHUTDOWN_DELAY: '0s' });
    const url = await service.url();
    const requests = Array.from({ length: 300 }, () => fetch(url).then((answer) => answer.text()));
    await Promise.all(requests);
    service.signal('SIGTERM');
    await service.ended;
    expect(service.stdout.match(/"msg":"request"/g)).toHaveLength(300);
  });

  it('should not matter to those who ask when nobody reads it', async () => {
    const service = startService({ SHUTDOWN_DELAY: '0s' });
    const url = await service.url();
    service.readNoMore();
    for (let asked = 0; asked < 3; asked += 1) {
      expect((await fetch(url)).status).toBe(200);
    }
    service.signal('SIGTERM');
    expect(await service.ended).toBe(0);
  });

  it('should not keep anybody waiting when its reader stands still', async () => {
    const service = startService({ SHUTDOWN_DELAY: '0s' });
    const url = await service.url();
    service.holdReading();
    // Many times what the pipe takes.
    for (let asked = 0; asked < 5_000; asked += 100) {
      const answers = Array.from({ length: 100 }, () => fetch(url).then(({ status }) => status));
      expect(new Set(await Promise.all(answers))).toEqual(new Set([200]));
    }
    service.goOnReading();
    await until('all lines', () => service.stdout.match(/"msg":"request"/g)?.length === 5_000);
  });

  describeWith(['script'], 'on a terminal', () => {
    it('should be for people', async () => {
      const service = new RunningProcess('script', ['-qec', `"${process.execPath}" "${MAIN}"`, '/dev/null'], {
        cwd: temporaryFolder(),
        env: { PATH: process.env.PATH, HOST: '127.0.0.1', PORT: '0', METRICS_PORT: '0' },
      });
      const port = Number((await service.printed(/Swagger UI: http:\/\/127\.0\.0\.1:(\d+)\/docs/))[1]);
      const [, curl] = await service.printed(
        /Try: (curl .*'\{"email":"ada@example.com","password":"any"\}')/,
      );
      expect(curl).toContain(`http://127.0.0.1:${port}/auth`);
      await fetch(`http://127.0.0.1:${port}/`);
      await service.printed(/request .*"status":200/);
      const text = stripVTControlCharacters(service.stdout);
      expect(text).toMatch(/^\[\d\d:\d\d:\d\d\.\d{3}\] WARN: .*JWT_SECRET is not set/m);
      expect(text).toMatch(/INFO: request .*"route":"\/","status":200/);
      expect(text).not.toMatch(/^\{/m);
    });
  });
});
