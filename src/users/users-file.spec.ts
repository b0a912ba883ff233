import fc from 'fast-check';
import { SourceFault } from '../following/follower.js';
import { isWeak, NEW_COST, parseHash } from './password-hash.js';
import { UsersFile } from './users-file.js';

const SALT = 'AAAAAAAAAAAAAAAAAAAAAA';
const TAG = 'A'.repeat(43);
const phc = (m: number | string, t: number | string, p: number | string, salt = SALT, tag = TAG) =>
  `$argon2id$v=19$m=${m},t=${t},p=${p}$${salt}$${tag}`;
const GOOD = phc(19_456, 2, 1);
const faultOf = (text: string) => {
  try {
    return UsersFile.parse(text).users.size;
  } catch (error) {
    expect(error).toBeInstanceOf(SourceFault);
    return (error as Error).message;
  }
};
const NO_HASH = 'has no argon2id hash in PHC form ($argon2id$v=19$m=…,t=…,p=…$salt$hash)';
const OUT_OF_BOUNDS = 'has a hash with m, t or p out of bounds (65536, 10, 8 at most)';

describe('UsersFile', () => {
  it('should have a user for each line that is no comment and not empty', () => {
    const { users } = UsersFile.parse(`# team\r\na@b.c:${GOOD}\r\n\n  \n#x@b.c:${GOOD}\n'@b.c:${GOOD}`);
    expect([...users].map(([email, { line }]) => [email, line])).toEqual([
      ['a@b.c', 2],
      ["'@b.c", 6],
    ]);
  });

  it.each([
    ['nothing', '', 0],
    ['no colon', 'a@b.c', 'line 1 does not begin with an email address and a colon'],
    ['a space before the email', ` a@b.c:${GOOD}`, 'line 1 does not begin with an email address and a colon'],
    ['a name', `\nada:${GOOD}`, 'line 2 does not begin with an email address and a colon'],
    ['the same email twice', `a@b.c:${GOOD}\n#\na@b.c:${GOOD}`, 'line 3 has an email that line 1 has too'],
    ['a password', 'a@b.c:secret', `line 1 ${NO_HASH}`],
    ['a bcrypt hash', `a@b.c:$2y$05$${'a'.repeat(53)}`, `line 1 ${NO_HASH}`],
    ['argon2i', `a@b.c:${GOOD.replace('2id', '2i')}`, `line 1 ${NO_HASH}`],
    ['an older version', `a@b.c:${GOOD.replace('v=19', 'v=16')}`, `line 1 ${NO_HASH}`],
    ['a space at the end', `a@b.c:${GOOD} `, `line 1 ${NO_HASH}`],
    ['a comment at the end', `a@b.c:${GOOD} # Ada`, `line 1 ${NO_HASH}`],
    ['padding', `a@b.c:${GOOD}=`, `line 1 ${NO_HASH}`],
    ['a short salt', `a@b.c:${phc(19_456, 2, 1, 'AAAAAAAAAA')}`, `line 1 ${NO_HASH}`],
    ['a short tag', `a@b.c:${phc(19_456, 2, 1, SALT, 'A'.repeat(21))}`, `line 1 ${NO_HASH}`],
    ['a hash whose end was lost', `a@b.c:${GOOD.slice(0, -2)}`, `line 1 ${NO_HASH}`],
    ['bits that encode nothing', `a@b.c:${GOOD.slice(0, -1)}B`, `line 1 ${NO_HASH}`],
    ['a salt that is not whole', `a@b.c:${phc(19_456, 2, 1, 'A'.repeat(21))}`, `line 1 ${NO_HASH}`],
    ['4 GiB of memory', `a@b.c:${phc(4_194_304, 2, 1)}`, `line 1 ${OUT_OF_BOUNDS}`],
    ['65 MiB of memory', `a@b.c:${phc(66_560, 2, 1)}`, `line 1 ${OUT_OF_BOUNDS}`],
    ['too many passes', `a@b.c:${phc(19_456, 11, 1)}`, `line 1 ${OUT_OF_BOUNDS}`],
    ['too many lanes', `a@b.c:${phc(19_456, 2, 9)}`, `line 1 ${OUT_OF_BOUNDS}`],
    ['no pass', `a@b.c:${phc(19_456, 0, 1)}`, `line 1 ${OUT_OF_BOUNDS}`],
    ['no lane', `a@b.c:${phc(19_456, 2, 0)}`, `line 1 ${OUT_OF_BOUNDS}`],
    ['less memory than its lanes need', `a@b.c:${phc(15, 2, 2)}`, `line 1 ${OUT_OF_BOUNDS}`],
  ])('should tell %s by its line, and nothing of its text', (_what, text, expected) => {
    expect(faultOf(text)).toBe(expected);
  });

  it("should give an unknown email some user's hash, the same in every process", () => {
    const text = `a@b.c:${phc(8, 1, 1)}\nb@b.c:${GOOD}`;
    const decoys = ['x@b.c', 'y@b.c', 'z@b.c', 'v@b.c', 'w@b.c', 'u@b.c'].map((email) => {
      const { memory } = UsersFile.parse(text).decoyFor(email);
      expect(UsersFile.parse(text).decoyFor(email).memory).toBe(memory);
      return memory;
    });
    expect(new Set(decoys)).toEqual(new Set([8, 19_456]));
    expect(UsersFile.parse('').decoyFor('x@b.c')).toMatchObject(NEW_COST);
  });

  it('should tell weak parameters from those that OWASP recommends', () => {
    const weakness = (m: number, t: number) => isWeak(parseHash(phc(m, t, 1)));
    expect([weakness(19_456, 2), weakness(47_104, 1), weakness(12_288, 3), weakness(7_168, 5)]).toEqual([
      false,
      false,
      false,
      false,
    ]);
    expect([weakness(19_455, 2), weakness(19_456, 1), weakness(7_167, 10), weakness(8, 1)]).toEqual([
      true,
      true,
      true,
      true,
    ]);
  });
});

describe('UsersFile.parse, whatever it is given', () => {
  const part = fc.oneof(
    fc.constantFrom(
      'a@b.c',
      ':',
      GOOD,
      '$',
      '\n',
      '\r\n',
      '#',
      ' ',
      'm=',
      ',',
      'v=19',
      '$argon2id$',
      '\u2028',
    ),
    fc.string({ unit: 'binary', maxLength: 20 }),
    fc.nat().map(String),
  );
  const text = fc.array(part, { maxLength: 40 }).map((parts) => parts.join(''));

  it('should take it or name a line of it', () => {
    fc.assert(
      fc.property(text, (given) => {
        const result = faultOf(given);
        if (typeof result === 'string') {
          const [, line] = /^line (\d+) (has|does)/.exec(result) ?? [];
          expect(Number(line)).toBeLessThanOrEqual(given.split('\n').length);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('should refuse a good file in which any one line is spoilt, by the number of that line', () => {
    const spoil = fc.tuple(fc.nat(3), fc.nat(90), fc.constantFrom('\0', ' ', ':', '$', '%', 'é'));
    fc.assert(
      fc.property(spoil, ([line, column, character]) => {
        const lines = ['a', 'b', 'c', 'd'].map((name) => `${name}@b.c:${GOOD}`);
        const good = lines[line] as string;
        lines[line] = good.slice(0, column) + character + good.slice(column);
        const result = faultOf(lines.join('\n'));
        expect(result === 4 ? 'taken' : result).toMatch(new RegExp(`^line ${line + 1} |^taken$`));
        // In the local part of an address these two are letters like others.
        expect(result === 4).toBe(
          column === 0 ? ['$', '%'].includes(character) : column === 1 && ['$', '%'].includes(character),
        );
      }),
      { numRuns: 500 },
    );
  });

  it('should take no cost that is out of bounds', () => {
    const numbers = fc.oneof(fc.nat(20), fc.nat(2 ** 31), fc.constantFrom(8, 19_456, 65_536, 65_537));
    fc.assert(
      fc.property(numbers, numbers, numbers, (m, t, p) => {
        const isGood = m <= 65_536 && t >= 1 && t <= 10 && p >= 1 && p <= 8 && m >= 8 * p;
        expect(faultOf(`a@b.c:${phc(m, t, p)}`) === 1).toBe(isGood);
      }),
      { numRuns: 2_000 },
    );
  });
});
