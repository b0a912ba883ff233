import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from './until.js';
import { CHEAP, userLine } from './user-lines.js';

const MAIN = 'dist/users/main.cjs';
const ADA = 'ada@example.com';
const EVE = 'eve@example.com';

let folder: string;
let file: string;

const users = (args: string[], input: string | Buffer = '') => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], {
    input,
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
};
const lines = () => readFileSync(file, 'utf8').split('\n');
const mode = () => (statSync(file).mode & 0o777).toString(8);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jwt-users-'));
  file = join(folder, 'users');
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('npm run users', () => {
  it('should add a user to a new file that nobody else can read, and know the password again', () => {
    expect(users(['add', file, ADA], 'pässword\n')).toEqual({
      status: 0,
      stdout: `${ADA} can sign in.\n`,
      stderr: '',
    });
    expect(lines()).toEqual([
      expect.stringMatching(/^ada@example\.com:\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/),
      '',
    ]);
    expect(mode()).toBe('600');
    expect(users(['verify', file, ADA], 'pässword')).toMatchObject({ status: 0 });
    expect(users(['verify', file, ADA], 'password')).toMatchObject({ status: 1, stderr: '' });
    expect(users(['verify', file, EVE], 'pässword')).toMatchObject({ status: 1, stderr: '' });
  });

  it('should change and remove a line, and nothing else of the file', () => {
    writeFileSync(file, `# the team\n\n${userLine(ADA, 'x')}\n${userLine(EVE, 'y')}\n# end`);
    chmodSync(file, 0o640);
    const [comment, empty, , eve, end] = lines();
    users(['add', file, ADA], 'new');
    expect(lines()).toEqual([comment, empty, expect.stringContaining('m=19456'), eve, end]);
    users(['remove', file, ADA]);
    expect(lines()).toEqual([comment, empty, eve, end]);
    users(['add', file, ADA], 'again');
    expect(lines()).toEqual([comment, empty, eve, end, expect.stringMatching(/^ada@/), '']);
    expect(mode()).toBe('640');
    expect(readdirSync(folder)).toEqual(['users']);
  });

  it('should list the users, and whose hash is weak', () => {
    writeFileSync(file, `${userLine(EVE, 'y', { ...CHEAP, memory: 47_104 })}\n${userLine(ADA, 'x')}\n`);
    expect(users(['list', file]).stdout).toBe(`${EVE}\n${ADA} (its hash is weaker than is recommended)\n`);
  });

  it('should write through a link', () => {
    const link = join(folder, 'link');
    symlinkSync('users', link);
    writeFileSync(file, '');
    users(['add', link, ADA], 'x');
    expect(readFileSync(file, 'utf8')).toMatch(/^ada@/);
  });

  it.each([
    ['no command', [], /what is to be done\?/],
    ['an unknown command', ['create', 'FILE', ADA], /what is to be done\?/],
    ['no email', ['add', 'FILE'], /what is to be done\?/],
    ['a password as an argument', ['add', 'FILE', ADA, 'secret'], /what is to be done\?/],
    ['an option', ['add', 'FILE', ADA, '--password=secret'], /Unknown option/],
    ['an email that is none', ['add', 'FILE', 'ada'], /has to be an address/],
    ['an email that would be a comment', ['add', 'FILE', '#@example.com'], /may not begin with #/],
    ['an empty password', ['add', 'FILE', EVE], /the password has to have 1 character at least/],
    ['a user who is not there', ['remove', 'FILE', EVE], /no such user/],
    ['a file that is not there', ['list', '/nowhere/users'], /cannot be read \(ENOENT\)/],
  ])('should refuse %s, and leave the file alone', (_what, args, fault) => {
    const text = `${userLine(ADA, 'x')}\n`;
    writeFileSync(file, text);
    const { status, stderr, stdout } = users(args.map((arg) => (arg === 'FILE' ? file : arg)));
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^users: /);
    expect(stderr).toMatch(fault);
    expect(stderr).not.toContain('secret');
    expect(readFileSync(file, 'utf8')).toBe(text);
    expect(readdirSync(folder)).toEqual(['users']);
  });

  it.each<[string, Buffer, string]>([
    ['bytes that are no text', Buffer.from([0x70, 0xff, 0xfe]), 'the password has to be text in UTF-8'],
    ['what never ends', Buffer.alloc(2 ** 20, 'x'), 'the password has more than 16384 bytes'],
    ['too many characters', Buffer.alloc(1_025, 'x'), 'the password has to have 1024 characters at most'],
  ])('should refuse a password of %s', (_what, input, fault) => {
    expect(users(['add', file, ADA], input)).toEqual({ status: 1, stdout: '', stderr: `users: ${fault}\n` });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('should explain itself when it is asked to', () => {
    const { status, stdout, stderr } = users(['--help']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/^npm run users -- add\|remove\|verify FILE EMAIL\n/);
  });

  it('should refuse to edit a file at fault, or one that somebody else edits', () => {
    writeFileSync(file, 'nonsense\n');
    expect(users(['add', file, ADA], 'x').stderr).toMatch(/^users: line 1 does not begin with an email/);
    writeFileSync(`${file}.lock`, '');
    expect(users(['add', file, ADA], 'x').stderr).toMatch(/somebody is editing .*users\.lock$/m);
    expect(lines()).toEqual(['nonsense', '']);
  });

  it('should lose no user when many are added at a time', async () => {
    const names = Array.from({ length: 6 }, (_, index) => `user${index}@example.com`);
    const add = (name: string) =>
      new Promise<boolean>((resolve) => {
        const child = spawn(process.execPath, [MAIN, 'add', file, name], {
          stdio: ['pipe', 'ignore', 'ignore'],
        });
        child.stdin.end('x');
        child.once('close', (code) => resolve(code === 0));
      });
    const isAdded = await Promise.all(names.map(add));
    const added = names.filter((_, index) => isAdded[index]);
    expect(added.length).toBeGreaterThan(0);
    expect(
      lines()
        .map((line) => line.split(':')[0])
        .filter(Boolean)
        .sort(),
    ).toEqual(added.sort());
  });

  const hasScript = spawnSync('script', ['-qec', 'true', '/dev/null']).status === 0;
  (hasScript ? it : it.skip)(
    'should ask on a terminal, twice and without an echo (needs script)',
    async () => {
      const command = `"${process.execPath}" ${MAIN} add "${file}" ${ADA}`;
      const terminal = spawn('script', ['-qec', command, '/dev/null']);
      let shown = '';
      terminal.stdout.setEncoding('utf8').on('data', (text) => (shown += text));
      for (const prompt of ['Password: ', 'The same again: ']) {
        await until(prompt, () => shown.endsWith(prompt));
        terminal.stdin.write('s3cret\r');
      }
      await until('the end', () => shown.includes('can sign in'));
      await once(terminal, 'close');
      expect(shown).not.toContain('s3cret');
      expect(users(['verify', file, ADA], 's3cret').status).toBe(0);
    },
  );
});
