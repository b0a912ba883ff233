import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MountedVolume } from '../../test/mounted-volume.js';
import { readKeyFolder } from './key-folder.js';

const GOOD = 'k'.repeat(32);

describe('readKeyFolder', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'jwt-keys-'));
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  const write = (files: Record<string, string | Buffer>) => {
    for (const [name, content] of Object.entries(files)) {
      writeFileSync(join(folder, name), content, { mode: 0o600 });
    }
  };

  it('should take each file as a key, but for the line break at its end', async () => {
    write({ active: 'b\n', a: `${GOOD}\r\n`, b: ` ${GOOD} ` });

    await expect(readKeyFolder(folder)).resolves.toEqual({
      active: 'b',
      texts: new Map([
        ['a', GOOD],
        ['b', ` ${GOOD} `],
      ]),
    });
  });

  it('should read through the one link that the kubelet swaps', async () => {
    mkdirSync(join(folder, '..now'));
    symlinkSync('..now', join(folder, '..data'));
    writeFileSync(join(folder, '..now', 'active'), 'a');
    writeFileSync(join(folder, '..now', 'a'), GOOD);
    // The link of a key that the swap has taken away: the kubelet removes it only later.
    symlinkSync('..data/gone', join(folder, 'gone'));

    await expect(readKeyFolder(folder)).resolves.toEqual({ active: 'a', texts: new Map([['a', GOOD]]) });
  });

  it('should see a change whole or not at all, however the two fall together', async () => {
    const volume = new MountedVolume({ active: 'a', a: GOOD });
    const [one, other] = [['a'], ['a', 'b', 'c', 'd']];
    const found: string[] = [];
    for (let turn = 0; turn < 200; turn += 1) {
      const reads = Array.from({ length: 4 }, () => readKeyFolder(volume.path));
      // So many turns of the event loop into the reading.
      for (let ticks = turn % 12; ticks > 0; ticks -= 1) {
        await new Promise(setImmediate);
      }
      const kids = (turn % 2 === 0 ? other : one) as string[];
      volume.swap({ active: 'a', ...Object.fromEntries(kids.map((kid) => [kid, GOOD])) });
      found.push(...(await Promise.all(reads)).map(({ texts }) => [...texts.keys()].join()));
    }
    volume.remove();
    expect(new Set(found)).toEqual(new Set([one.join(), other.join()]));
  });

  it.each<[string, Record<string, string | Buffer>, string]>([
    ['no active', { a: GOOD }, "'active' is missing"],
    ['an active that names nothing', { active: 'b', a: GOOD }, "'active' names no key of the folder"],
    ['an active that names itself', { active: 'active', a: GOOD }, "'active' names no key of the folder"],
    ['an empty active', { active: '', a: GOOD }, "'active' names no key of the folder"],
    [
      'a key that is no text',
      { active: 'a', a: Buffer.alloc(32, 0xff) },
      "'a' cannot be read (ERR_ENCODING_INVALID_ENCODED_DATA)",
    ],
    [
      'a huge key',
      { active: 'a', a: GOOD, b: 'b'.repeat(20_000) },
      "'b' is not a file of 16384 bytes at most",
    ],
    [
      'a name that is no kid',
      { active: 'a', a: GOOD, 'b c': GOOD },
      "a file's name is no kid (letters, digits, '_', '-' and '.', 128 at most)",
    ],
    ['nothing', {}, "'active' is missing"],
  ])('should refuse %s, by name and never by content', async (_, files, message) => {
    write(files);

    await expect(readKeyFolder(folder)).rejects.toThrow(new Error(message));
  });

  it.each([0o620, 0o602, 0o664, 0o666])('should refuse a file that others may write: %o', async (mode) => {
    write({ active: 'a', a: GOOD });
    chmodSync(join(folder, 'a'), mode);

    await expect(readKeyFolder(folder)).rejects.toThrow("'a' may be written by others: chmod go-w");
  });

  it.each([0o400, 0o440, 0o640, 0o644])('should take a file as the kubelet mounts it: %o', async (mode) => {
    write({ active: 'a', a: GOOD });
    chmodSync(join(folder, 'a'), mode);

    await expect(readKeyFolder(folder)).resolves.toMatchObject({ active: 'a' });
  });

  it('should refuse an active that others may write: it decides who signs', async () => {
    write({ active: 'a', a: GOOD });
    chmodSync(join(folder, 'active'), 0o646);

    await expect(readKeyFolder(folder)).rejects.toThrow("'active' may be written by others");
  });

  it('should refuse a folder in the place of a key', async () => {
    write({ active: 'a', a: GOOD });
    mkdirSync(join(folder, 'b'));

    await expect(readKeyFolder(folder)).rejects.toThrow("'b' is not a file of 16384 bytes at most");
  });

  it('should refuse a folder that is gone', async () => {
    await expect(readKeyFolder(join(folder, 'gone'))).rejects.toThrow('the folder cannot be read (ENOENT)');
  });
});
