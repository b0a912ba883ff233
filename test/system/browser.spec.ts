import { join } from 'node:path';
import { type Browser, chromium as engine, type Page } from 'playwright-core';
import { chromium, describeWith } from '../requirements.js';
import { cleanUp, type RunningProcess, SECRET, startService, temporaryFolder } from '../service-process.js';

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A folder to keep the pictures in, to be looked at; else they go when the test has ended. */
const PICTURES = process.env.TEST_PICTURES;

describeWith(['browser'], 'Swagger UI in a browser', () => {
  const complaints: string[] = [];
  const requests: URL[] = [];
  let service: RunningProcess;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    service = startService({ JWT_SECRET: SECRET });
    browser = await engine.launch({ executablePath: chromium(), args: FLAGS });
    page = await browser.newPage({ viewport: { width: 1280, height: 1600 } });
    page.setDefaultTimeout(30_000);
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) {
        complaints.push(`${message.type()}: ${message.text()}`);
      }
    });
    page.on('pageerror', (error) => complaints.push(`page error: ${error.message}`));
    page.on('request', (request) => requests.push(new URL(request.url())));
    page.on('requestfailed', (request) => complaints.push(`failed: ${request.url()}`));
    page.on('response', (response) => {
      if (response.status() >= 400) {
        complaints.push(`${response.status()}: ${response.url()}`);
      }
    });
  });
  afterAll(async () => {
    await browser?.close();
    await cleanUp();
  });

  const operation = (path: string, method: string) =>
    page.locator(`.opblock-${method}`).filter({ has: page.locator(`[data-path="${path}"]`) });
  const picture = (name: string) =>
    page.screenshot({ path: join(PICTURES ?? temporaryFolder(), `${name}.png`), fullPage: true });

  /** What the service really answered, not the example beside it. */
  async function answer(path: string, method: string): Promise<{ status: string; body: string }> {
    const row = operation(path, method).locator('.live-responses-table tbody tr.response');
    const status = await row.locator('.response-col_status').innerText();
    return { status: status.trim(), body: await row.locator('.highlight-code code').first().innerText() };
  }

  let token: string;

  it('should give a token in three clicks at most', async () => {
    await page.goto(`${await service.url()}/docs`);
    let clicks = 0;
    const click = async (name: string) => {
      clicks += 1;
      await operation('/auth', 'post').locator(name).click();
    };
    await click('.opblock-summary-control');
    await picture('try');
    await click('button.execute');
    const { status, body } = await answer('/auth', 'post');
    expect(status).toMatch(/^200/);
    token = JSON.parse(body).token;
    expect(token.split('.')).toHaveLength(3);
    expect(clicks).toBeLessThanOrEqual(3);
    await picture('token');
  });

  it('should read the token back once it is authorised', async () => {
    await page.locator('button.authorize').first().click();
    await page.locator('.dialog-ux input').fill(token);
    await picture('authorize');
    await page.locator('.dialog-ux button.authorize').click();
    await page.locator('.dialog-ux button.btn-done').click();
    await operation('/contents', 'get').locator('.opblock-summary-control').click();
    await operation('/contents', 'get').locator('button.execute').click();
    const { status, body } = await answer('/contents', 'get');
    expect(status).toMatch(/^200/);
    expect(JSON.parse(body)).toMatchObject({ email: 'ada@example.com', exp: expect.any(Number) });
    await picture('contents');
  });

  it('should have no complaint, and ask no other host for anything', async () => {
    expect(complaints).toEqual([]);
    const { host } = new URL(await service.url());
    const foreign = requests.filter((url) => url.protocol !== 'data:' && url.host !== host);
    expect(foreign.map(String)).toEqual([]);
    expect(requests.map(({ pathname }) => pathname)).toEqual(
      expect.arrayContaining(['/docs', '/auth', '/contents']),
    );
  });
});
