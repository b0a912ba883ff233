import { setTimeout as sleep } from 'node:timers/promises';
import { describeWith } from '../requirements.js';
import { issue, read } from './client.js';
import { Namespace, pushedImage } from './cluster.js';
import { Checkout, placeOf, type Run } from './deploy.js';
import { deployerOf } from './deployer.js';
import { joseVerifier, pyjwtVerifier, type Verifier } from './foreign-verifiers.js';
import { underLoad } from './load.js';
import { calm, podsOf } from './pods.js';

/** Seconds for which a token is good, and a verifier keeps the published keys. */
const LIFETIME = 20;
const MAX_AGE = 15;
/** Requests a second: a signature of ES256 takes ten times as long as one of HS256. */
const RATE = 100;
/** Milliseconds between two tokens that the verifiers check. */
const INTERVAL = 50;
const ROTATION = 1_500_000;

interface Result {
  did: string[];
  active: string;
  now: string;
  keys: { kid: string; algorithm: string; state: string }[];
  next?: { step: string; kid: string; due?: string };
}

describeWith(['cluster', 'docker', 'helm', 'python', 'registry'], 'npm run deploy -- keys rotate', () => {
  let checkout: Checkout;
  let namespace: Namespace;
  let deployer: Namespace;
  const runs: Run[] = [];

  beforeAll(async () => {
    checkout = await Checkout.create();
    namespace = await Namespace.create('keys-rotate');
    deployer = await deployerOf(namespace, checkout.folder);
    await namespace.kubectl([
      ...['create', 'secret', 'generic', 'keys', '--from-literal=active=old'],
      `--from-literal=old=${'o'.repeat(32)}`,
    ]);
    await namespace.release({
      image: await pushedImage(),
      replicaCount: 3,
      keys: { mode: 'existing', existingSecret: 'keys' },
      config: { tokenTtl: `${LIFETIME}s` },
      env: { JWKS_MAX_AGE: `${MAX_AGE}s` },
    });
    await calm(namespace, 3);
  });
  afterAll(async () => {
    await namespace.delete();
    checkout.remove();
  });

  const keys = async (command: string, ...args: string[]) => {
    const [place, env] = await placeOf(deployer);
    return checkout.begin('keys', [command, ...place, ...args], env);
  };

  const run = async (command: string, ...args: string[]) => {
    const ended = await (await keys(command, ...args)).end;
    runs.push(ended);
    return ended as Run & { result: Result };
  };

  /** Runs it again whenever a step is due, until nothing is. */
  async function rotate(...args: string[]): Promise<string[]> {
    const did: string[] = [];
    for (;;) {
      const { code, stderr, result } = await run('rotate', ...args);
      if (code !== 0) {
        throw new Error(stderr);
      }
      did.push(...result.did);
      if (!result.next) {
        return did;
      }
      await sleep(Math.max(0, Date.parse(`${result.next.due}`) - Date.parse(result.now)));
    }
  }

  /** Breaks a run off in the middle, as it waits for the pods. */
  async function breakOff(...args: string[]): Promise<void> {
    const { child, end } = await keys('rotate', ...args);
    child.stderr.on('data', (text) => `${text}`.includes('▸ Wait for the pods') && child.kill('SIGKILL'));
    expect((await end).code).toBeNull();
  }

  it(
    'should go from HS256 to ES256 to ES256 under load, broken off in between, and refuse no token that is good',
    async () => {
      const pods = await podsOf(namespace);
      const address = await namespace.address();
      const watch = new Watch(address);
      const did: string[] = [];
      const change = async () => {
        await breakOff('--algorithm', 'ES256');
        did.push(...(await rotate()));
        did.push(...(await rotate()));
      };
      const answers = await underLoad(namespace, 'two rotations', change, RATE);
      const checked = await watch.stop();
      process.stdout.write(`  verifiers: ${checked.tokens} tokens, ${checked.faults.length} refused\n`);

      expect(answers.faults).toEqual([]);
      expect(checked.faults).toEqual([]);
      // What was added by the run that was broken off is told by nobody.
      expect(did.map((step) => step.split(' ')[0])).toEqual([
        'activate',
        'retire',
        'add',
        'activate',
        'retire',
      ]);
      const { result } = await run('list');
      expect(result.keys).toMatchObject([{ algorithm: 'ES256', state: 'signs' }]);
      expect(read(await issue(address)).header).toMatchObject({ alg: 'ES256', kid: result.active });
      expect(checked.kids).toBe(2);
      // No pod was replaced or restarted for it.
      expect(await podsOf(namespace)).toEqual(pods);
    },
    ROTATION,
  );

  it('should refuse what would invalidate tokens, and say when it is due', async () => {
    const { result: before } = await run('list');
    const retired = await run('retire', '--kid', before.active);
    expect(retired).toMatchObject({
      code: 1,
      result: { cause: `the key ${before.active} signs: let another one do that first` },
    });

    const added = await run('add', '--algorithm', 'RS256');
    const { kid } = added.result as unknown as { kid: string };
    await run('activate', '--kid', kid, '--force');
    const early = await run('retire', '--kid', before.active);
    expect(early.code).toBe(1);
    expect(early.stderr).toMatch(/retire failed: the key \S+ may go from \d{4}-\S+Z on\n/);
  });

  it('should show no key to anybody', async () => {
    const { data } = await namespace.get<{ data: Record<string, string> }>('secret', 'keys');
    const told = runs.map(({ stdout, stderr }) => stdout + stderr).join('\n');
    const texts = Object.entries(data).filter(([name]) => name !== 'active' && !name.startsWith('.'));
    expect(texts.length).toBeGreaterThan(1);
    for (const [, text] of texts) {
      expect(told).not.toContain(text);
      expect(told).not.toContain(Buffer.from(text, 'base64').toString().split('\n')[1]);
    }
    expect(told).not.toContain('PRIVATE KEY');
    expect(told).not.toContain('o'.repeat(32));
  });
});

/**
 * Has tokens checked as they are issued, and again before they expire, by verifiers that ask for the keys only when what
 * they have is `max-age` old.
 */
class Watch {
  private isOver = false;
  private readonly faults: string[] = [];
  private readonly kids = new Set<string>();
  private tokens = 0;
  private readonly done: Promise<void>;

  constructor(address: string) {
    this.done = this.run(address);
  }

  private async run(address: string): Promise<void> {
    const verifiers = [joseVerifier, pyjwtVerifier].map((start) => start(address, MAX_AGE, true));
    try {
      await this.watch(address, verifiers);
    } catch (error) {
      this.faults.push(`${new Date().toISOString()}: ${error}`);
    }
    for (const verifier of verifiers) {
      verifier.stop();
    }
  }

  private async watch(address: string, verifiers: Verifier[]): Promise<void> {
    const good: { token: string; exp: number }[] = [];
    while (!this.isOver) {
      const token = await issue(address);
      const { header, claims } = read(token);
      if (header.alg === 'ES256') {
        this.kids.add(`${header.kid}`);
        good.push({ token, exp: claims.exp });
      }
      while ((good[0]?.exp ?? Number.POSITIVE_INFINITY) <= Date.now() / 1_000 + 1) {
        good.shift();
      }
      for (const { token } of [good.at(-1), good[0]].filter((found) => found !== undefined)) {
        await Promise.all(verifiers.map((verifier) => this.check(verifier, token)));
      }
      await sleep(INTERVAL);
    }
  }

  private async check(verifier: Verifier, token: string): Promise<void> {
    const answer = await verifier.check(token);
    this.tokens += 1;
    if (answer !== 'ada@example.com') {
      this.faults.push(`${new Date().toISOString()} ${read(token).header.kid}: ${answer}`);
    }
  }

  async stop() {
    this.isOver = true;
    await this.done;
    return { tokens: this.tokens, faults: this.faults, kids: this.kids.size };
  }
}
