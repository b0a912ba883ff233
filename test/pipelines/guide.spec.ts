import { readGuide } from './guide.js';
import { Transcript } from './transcript.js';

const PAGE = `
## First

\`\`\`console
$ one |
    two \\
  three
  what it prints
$ four
gh variable set A --body b
\`\`\`

### Under it

\`\`\`sh
five
for name in a b; do
  six $name
done
\`\`\`

\`\`\`mermaid
no command
\`\`\`
`;

describe('readGuide', () => {
  it('should tell commands, with the lines they go on in, from what they print', () => {
    const [block] = readGuide(PAGE);
    expect(block?.headings).toEqual(['First']);
    expect(block?.commands).toEqual([
      { number: 0, text: 'one |\n    two \\\n  three', output: '  what it prints\n' },
      { number: 1, text: 'four', output: 'gh variable set A --body b\n' },
    ]);
  });

  it('should take a script as a whole, and what is printed to be pasted as one', () => {
    const [, pasted, script, ...rest] = readGuide(PAGE);
    expect(pasted?.commands).toEqual([{ number: 2, text: 'gh variable set A --body b' }]);
    expect(script?.headings).toEqual(['First', 'Under it']);
    expect(script?.commands).toEqual([{ number: 3, text: 'five\nfor name in a b; do\n  six $name\ndone' }]);
    expect(rest).toEqual([]);
  });
});

describe('Transcript', () => {
  const ID = 'd6bbbd50-9b6b-4e85-a51b-3a7a8b1a1ea9';
  const COMMIT = 'a'.repeat(40);
  const OTHER = '0b7e4c1a-2f5d-4e8b-9a36-6c1d8e0f2b47';

  it.each([
    ['another word', 'Succeeded\n', 'Failed\n'],
    ['a line too many', 'one\n', 'one\ntwo\n'],
    ['a line too few', 'one\ntwo\n', 'one\n'],
    ['another account', 'arn:aws:iam::123456789012:role/a\n', 'arn:aws:iam::210987654321:role/a\n'],
    ['an id that is a commit', `${ID}\n`, `${COMMIT}\n`],
  ])('should not take %s for what the page says', (_, shown, actual) => {
    expect(new Transcript().matches(shown, actual)).toBe(false);
  });

  it.each([
    ['the time', 'since      2026-11-24T10:12:13Z\n', 'since      2027-01-02T03:04:05Z\n'],
    ['any lines', '…\nlast\n', 'one\ntwo\nlast\n'],
    ['no line', 'first\n…\n', 'first\n'],
    ['a role', 'role/a-BuildRole-1A2B3C4D5E6F\n', 'role/a-BuildRole-ZZZZZZZZZZZZ\n'],
  ])('should take %s of a run for that of the page', (_, shown, actual) => {
    expect(new Transcript().matches(shown, actual)).toBe(true);
  });

  it('should put the names of a run into later commands, each that is new in its turn', () => {
    const transcript = new Transcript();
    expect(transcript.matches(`${ID}\n`, `${OTHER}\n`)).toBe(true);
    const [shown, actual] = [COMMIT, COMMIT.replaceAll('a', 'b')];
    expect(transcript.matches(`${shown} ${ID}\n`, `${actual} ${OTHER}\n`)).toBe(true);
    expect(transcript.command(`roll back ${ID} to ${shown}`)).toBe(`roll back ${OTHER} to ${actual}`);
  });
});
