import { jest } from '@jest/globals';
import type { Session } from './command.ts';
import { generateKey, type KeyFolder, keyId } from './key-folder.ts';
import { keys } from './keys.command.ts';
import { RecordedTools } from './recorded-tools.ts';
import { ToolFailure } from './tool-failure.ts';
import type { Tools } from './tools.ts';

const OLD = 'o'.repeat(32);
const KUBECONFIG = JSON.stringify({
  'current-context': 'lab',
  contexts: [{ name: 'lab', context: { cluster: 'lab' } }],
  clusters: [{ name: 'lab', cluster: { server: 'https://192.0.2.1' } }],
});
const base64 = (text: string) => Buffer.from(text).toString('base64');
const unbase64 = (text: string) => Buffer.from(text, 'base64').toString();

/** A cluster that remembers its Secret, whose pods follow at once, and a parameter or a secret of AWS. */
class LiveTools extends RecordedTools {
  /** Seconds since 1970. */
  now = 1_800_000_000;
  lifetime = 1_000;
  secretName = 'jwt-api-keys';
  owner: object[] = [];
  annotations: Record<string, string> = {};
  volume: object | undefined;
  aws = '';
  /** Whether pods still have what they had. */
  isStuck = false;
  #stale: KeyFolder = {};
  readonly inputs: string[] = [];

  constructor(public folder: KeyFolder) {
    super(
      [/^(kubectl version|aws --version)/, 'v1.35'],
      [/config view/, KUBECONFIG],
      [/get --raw \/version/, '{}'],
      [/get namespace/, 'namespace/jwt-api\n'],
      [/get configmap/, ''],
      [/annotate pods --selector a=b/, ''],
      [/ create --filename| replace .*--request-timeout/, '1'],
      [
        /get replicasets/,
        '{"items":[{"spec":{"template":{"spec":{"containers":[{"env":[{"name":"JWT_TTL","value":"10s"}]}]}}}}]}',
      ],
      [/get pods/, JSON.stringify({ items: ['p', 'q'].map((name) => pod(name)) })],
    );
    this.#stale = folder;
  }

  override get session(): Session {
    return { ...super.session, tools: this as unknown as Tools };
  }

  override read = async (tool: string, args: string[]): Promise<string> => {
    const line = [tool, ...args].join(' ');
    const live = this.#live(line);
    if (live !== undefined) {
      this.calls.push({ line, input: '' });
      return live;
    }
    return this.run(tool, args);
  };

  override feed = async (tool: string, args: string[], input: string): Promise<string> => {
    this.calls.push({ line: [tool, ...args].join(' '), input });
    this.#stale = this.isStuck ? this.#stale : this.folder;
    const { data, metadata } = JSON.parse(input) as {
      data: KeyFolder;
      metadata: { resourceVersion: string };
    };
    if (metadata.resourceVersion !== '7') {
      throw new ToolFailure('kubectl', 1, 'Error from server (Conflict): the object has been modified');
    }
    this.folder = Object.fromEntries(Object.entries(data).map(([name, text]) => [name, unbase64(text)]));
    return '';
  };

  override feedFile = async (tool: string, args: string[], input: string): Promise<string> => {
    this.calls.push({ line: [tool, ...args].join(' '), input });
    this.aws = input;
    return '{}';
  };

  #live(line: string): string | undefined {
    const pods = this.isStuck ? this.#stale : this.folder;
    const kids = Object.keys(pods).filter((name) => name !== 'active' && !name.startsWith('.'));
    if (/dry-run=server/.test(line)) {
      return new Date(this.now * 1_000).toISOString().replace('.000Z', 'Z');
    }
    if (/get secret/.test(line)) {
      const data = Object.fromEntries(
        Object.entries(this.folder).map(([name, text]) => [name, base64(text)]),
      );
      const metadata = { name: this.secretName, resourceVersion: '7', ownerReferences: this.owner };
      return JSON.stringify({ kind: 'Secret', metadata, data });
    }
    if (/get deployments/.test(line)) {
      const keys = this.volume ?? { name: 'keys', secret: { secretName: this.secretName } };
      const template = {
        metadata: { annotations: this.annotations },
        spec: { containers: [], volumes: [keys] },
      };
      return JSON.stringify({ items: [{ spec: { selector: { matchLabels: { a: 'b' } }, template } }] });
    }
    if (/proxy\/metrics/.test(line)) {
      const accepted = kids.map(
        (kid) => `jwt_keys_accepted{kid="${kid}",active="${kid === pods.active}"} 1\n`,
      );
      return `${accepted.join('')}jwt_token_lifetime_seconds ${this.lifetime}\njwt_key_set_max_age_seconds 300\n`;
    }
    if (/jwks.json/.test(line)) {
      return JSON.stringify({
        keys: kids.filter((kid) => pods[kid]?.includes('BEGIN')).map((kid) => ({ kid })),
      });
    }
    if (/^aws ssm get-parameter/.test(line)) {
      return JSON.stringify({ Parameter: { Type: 'SecureString', Value: this.aws } });
    }
    return /^aws secretsmanager get/.test(line) ? JSON.stringify({ SecretString: this.aws }) : undefined;
  }
}

const pod = (name: string) => ({
  metadata: { name },
  status: { containerStatuses: [{ name: 'jwt-api', ready: true, state: { running: {} } }] },
});

let written = '';
beforeEach(() => {
  written = '';
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
    written += text;
    return true;
  });
});
afterEach(() => jest.restoreAllMocks());

async function run(tools: LiveTools, command: string, ...args: string[]) {
  const { session } = tools;
  await keys[`keys ${command}`]?.run(['--wait', '1s', ...args], session);
  return session.result as {
    did: string[];
    kid: string;
    active: string;
    next?: { step: string; kid: string; due: string };
  };
}

const kidsIn = ({ folder }: LiveTools) =>
  Object.keys(folder).filter((name) => name !== 'active' && !name.startsWith('.'));

describe('keys rotate', () => {
  it('should do a whole rotation, a step when it is due and none before, and let no key out', async () => {
    const tools = new LiveTools({ active: 'old', old: OLD });
    const added = await run(tools, 'rotate', '--algorithm', 'ES256');
    const kid = kidsIn(tools).find((kid) => kid !== 'old') as string;
    expect(added).toMatchObject({
      did: [`add ${kid}`],
      active: 'old',
      next: { step: 'activate', kid, due: '2027-01-15T08:05:00Z' },
    });

    tools.now += 299;
    expect(await run(tools, 'rotate')).toMatchObject({ did: [], active: 'old' });
    tools.now += 1;
    expect(await run(tools, 'rotate')).toMatchObject({
      did: [`activate ${kid}`],
      active: kid,
      next: { step: 'retire', kid: 'old', due: '2027-01-15T08:22:40Z' },
    });
    tools.now += 1_059;
    expect(await run(tools, 'rotate')).toMatchObject({ did: [], next: { step: 'retire' } });
    tools.now += 1;
    expect(await run(tools, 'rotate')).toMatchObject({ did: ['retire old'], next: undefined });
    expect(kidsIn(tools)).toEqual([kid]);

    const secrets = [OLD, base64(OLD), tools.folder[kid] as string, base64(tools.folder[kid] as string)];
    for (const secret of secrets) {
      expect(`${tools.lines.join('\n')}${written}`).not.toContain(secret);
    }
    expect(tools.concealed).toEqual(expect.arrayContaining([OLD, tools.folder[kid]]));
    expect(written).toContain('nothing is due\n');
  });

  it('should refuse another algorithm while one is under way', async () => {
    const tools = new LiveTools({ active: 'old', old: OLD });
    await run(tools, 'rotate', '--algorithm', 'ES256');
    await expect(run(tools, 'rotate', '--algorithm', 'RS256')).rejects.toThrow(
      /^a rotation to .* is under way$/,
    );
  });

  it('should go on with what the active key signs with, if nothing else is asked for', async () => {
    const { kid, text } = generateKey('RS256');
    const tools = new LiveTools({ active: kid, [kid]: text });
    await run(tools, 'rotate');
    expect(written).toMatch(/RS256 {2}next\n/);
  });

  it('should wait for longer than the keys may be kept, where a gateway keeps them for longer', async () => {
    const tools = new LiveTools({ active: 'old', old: OLD });
    const { next } = await run(tools, 'rotate', '--algorithm', 'ES256', '--publish-for', '2h');
    expect(next?.due).toBe('2027-01-15T10:00:00Z');
  });

  it('should say that pods do not follow, and go on from there', async () => {
    const tools = new LiveTools({ active: 'old', old: OLD });
    tools.isStuck = true;
    await expect(run(tools, 'rotate', '--algorithm', 'ES256')).rejects.toMatchObject({
      message: 'waited in vain for the pods: not every pod has followed',
      hint: 'Nothing is lost: the same again goes on from here.',
    });
    expect(kidsIn(tools)).toHaveLength(2);
    tools.now += 10_000;
    tools.isStuck = false;
    // It was published only now.
    expect(await run(tools, 'rotate')).toMatchObject({
      did: [],
      next: { step: 'activate', due: '2027-01-15T10:51:40Z' },
    });
    expect(kidsIn(tools)).toHaveLength(2);
  });
});

describe('keys add, activate and retire', () => {
  it('should add a key that does not sign', async () => {
    const tools = new LiveTools({ active: 'old', old: OLD });
    const { kid, active } = await run(tools, 'add', '--algorithm', 'RS256');
    expect([active, tools.folder.active, kidsIn(tools).length]).toEqual(['old', 'old', 2]);
    expect(tools.folder[kid]).toMatch(/^-----BEGIN PRIVATE KEY-----\n/);
  });

  it('should have the pods look for it at once after it was written', async () => {
    const tools = new LiveTools({ active: 'old', old: OLD });
    const { kid } = await run(tools, 'add');
    const written = tools.calls.findIndex(({ input }) => input.includes(kid));
    expect(written).toBeGreaterThan(-1);
    expect(tools.calls.slice(written + 1, written + 4).map(({ line }) => line)).toContainEqual(
      expect.stringContaining(' annotate pods '),
    );
  });

  it('should let a key sign no earlier than everybody can know it, unless forced to', async () => {
    const tools = new LiveTools({ active: 'old', old: OLD });
    const { kid } = await run(tools, 'add', '--algorithm', 'ES256');
    await expect(run(tools, 'activate', '--kid', kid)).rejects.toMatchObject({
      message: `the key ${kid} may sign from 2027-01-15T08:05:00Z on`,
      hint: 'Until then somebody may not know it yet. --force does it all the same.',
    });
    expect(tools.folder.active).toBe('old');
    await run(tools, 'activate', '--kid', kid, '--force');
    expect(tools.folder.active).toBe(kid);
  });

  it('should let no key sign that a pod lacks, whatever is forced', async () => {
    const tools = new LiveTools({ active: 'old', old: OLD });
    tools.isStuck = true;
    await run(tools, 'add', '--algorithm', 'ES256').catch(() => undefined);
    const [, kid = ''] = kidsIn(tools);
    await expect(run(tools, 'activate', '--kid', kid, '--force')).rejects.toThrow(
      /^not every pod has the key/,
    );
  });

  it('should remove no key that signs, and none whose tokens are good, unless forced to', async () => {
    const tools = new LiveTools({ active: 'new', new: 'n'.repeat(32), old: OLD });
    await expect(run(tools, 'retire', '--kid', 'new', '--force')).rejects.toThrow('the key new signs');
    await expect(run(tools, 'retire', '--kid', 'old')).rejects.toThrow(
      'the key old may go from 2027-01-15T08:17:40Z on',
    );
    await expect(run(tools, 'retire', '--kid', 'none')).rejects.toMatchObject({
      hint: 'There are: new, old',
    });
    await run(tools, 'retire', '--kid', 'old', '--force');
    expect(kidsIn(tools)).toEqual(['new']);
  });

  it('should remove a key that has signed nothing at once', async () => {
    const tools = new LiveTools({ active: 'old', old: OLD });
    const { kid } = await run(tools, 'add');
    await run(tools, 'retire', '--kid', kid);
    expect(kidsIn(tools)).toEqual(['old']);
  });

  it('should say that somebody else was faster', async () => {
    const tools = new LiveTools({ active: 'old', old: OLD });
    const { feed } = tools;
    tools.feed = (tool, args, input) =>
      feed(tool, args, input.replace('"resourceVersion":"7"', '"resourceVersion":"6"'));
    await expect(run(tools, 'add')).rejects.toThrow(
      'the Secret jwt-api-keys was changed by somebody else meanwhile',
    );
  });
});

describe('keys list', () => {
  it('should change nothing, and take no lock', async () => {
    const tools = new LiveTools({ active: 'new', new: 'n'.repeat(32), old: OLD });
    const result = await run(tools, 'list');
    expect(
      tools.lines.filter(
        (line) => / (replace|apply|put-\w+) /.test(line) || /configmap jwt-api-deployer/.test(line),
      ),
    ).toEqual([]);
    expect(written).toBe(
      'new  HS256  signs\nold  HS256  leaves\nnext: retire old, from 2027-01-15T08:17:40Z on\n',
    );
    expect(result).toMatchObject({ active: 'new', next: { step: 'retire', kid: 'old' } });
  });
});

describe('the source of the keys', () => {
  const ES = [{ kind: 'ExternalSecret', name: 'jwt-api-external-keys' }];

  it.each([
    [
      '--secret-parameter',
      'aws ssm put-parameter --name /a --type SecureString --overwrite --value file:///dev/stdin',
    ],
    ['--secret-id', 'aws secretsmanager put-secret-value --secret-id /a --secret-string file:///dev/stdin'],
  ])('should be what %s names where the operator brings that', async (flag, line) => {
    const tools = new LiveTools({ active: 'old', old: OLD });
    tools.owner = ES;
    tools.aws = JSON.stringify(tools.folder);
    const { feedFile } = tools;
    // As the operator does.
    tools.feedFile = async (tool, args, input) => {
      const answer = await feedFile(tool, args, input);
      tools.folder = JSON.parse(tools.aws);
      return answer;
    };
    const { kid } = await run(tools, 'add', flag, '/a');
    expect(tools.lines.filter((line) => /replace --filename=-$/.test(line))).toEqual([]);
    expect(tools.lines).toContain(line);
    expect(Object.keys(JSON.parse(tools.aws)).sort()).toEqual(['.rotation', kid, 'active', 'old'].sort());
  });

  it('should become a folder where a release brought one secret from there, and reach the cluster too', async () => {
    const tools = new LiveTools({ active: keyId(OLD), [keyId(OLD)]: OLD });
    tools.annotations = { 'jwt-api/key': keyId(OLD) };
    tools.aws = `${OLD}\n`;
    const { kid } = await run(tools, 'add', '--secret-parameter', '/a', '--algorithm', 'ES256');
    expect(JSON.parse(tools.aws)).toEqual(tools.folder);
    expect(kidsIn(tools)).toContain(kid);

    // A run that was broken off between the two.
    tools.folder = { active: keyId(OLD), [keyId(OLD)]: OLD };
    await run(tools, 'rotate', '--secret-parameter', '/a');
    expect(JSON.parse(tools.aws)).toEqual(tools.folder);
  });

  it.each<[string, (tools: LiveTools) => void, string[], RegExp]>([
    [
      'the operator fills the Secret, and nothing is named',
      (tools) => Object.assign(tools, { owner: ES }),
      [],
      /is filled by the ExternalSecret/,
    ],
    [
      'the driver brings the keys',
      (tools) => Object.assign(tools, { volume: { name: 'keys', csi: {} } }),
      [],
      /Secrets Store CSI driver/,
    ],
    [
      'a release brings them, and nothing is named',
      (tools) => Object.assign(tools, { annotations: { 'jwt-api/key': 'a' } }),
      [],
      /from a secret that is declared/,
    ],
    [
      'nothing brings the Secret',
      (tools) => Object.assign(tools, { secretName: 'team-keys' }),
      ['--secret-id', 'a'],
      /which nothing fills from there/,
    ],
    [
      'the parameter is another secret',
      (tools) => Object.assign(tools, { aws: 'x'.repeat(32) }),
      ['--secret-parameter', '/a'],
      /is one secret, not a folder/,
    ],
  ])('should be refused where %s', async (_what, change, args, message) => {
    const tools = new LiveTools({ active: 'old', old: OLD });
    change(tools);
    await expect(run(tools, 'add', ...args)).rejects.toThrow(message);
    expect(tools.folder).toEqual({ active: 'old', old: OLD });
  });
});
