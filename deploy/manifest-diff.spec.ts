import { diffOf } from './manifest-diff.ts';

const object = (kind: string, name: string, ...lines: string[]) =>
  [
    '---',
    `# Source: ${kind}.yaml`,
    'apiVersion: v1',
    `kind: ${kind}`,
    'metadata:',
    '  labels:',
    '    name: no',
    `  name: ${name}`,
    ...lines,
    '',
  ].join('\n');

describe('diffOf', () => {
  it('should be nothing where nothing changes, whatever the order', () => {
    const [one, other] = [object('A', 'a'), object('B', 'b')];
    expect(diffOf(one + other, other + one)).toBe('');
  });

  it('should show changed lines with what is around them', () => {
    const before = object('A', 'a', 'one: 1', 'two: 2', 'three: 3', 'four: 4', 'five: 5');
    expect(diffOf(before, before.replace('three: 3', 'three: 4\nmore: 5'))).toBe(
      [
        'A a:',
        '    one: 1',
        '    two: 2',
        '  - three: 3',
        '  + three: 4',
        '  + more: 5',
        '    four: 4',
        '    five: 5',
      ]
        .join('\n')
        .replace('    one', '    one'),
    );
  });

  it('should show whole objects that come and go', () => {
    const diff = diffOf(object('A', 'a'), object('B', 'a'));
    expect(diff).toMatch(/^A a:\n( {2}- .*\n)+B a:\n( {2}\+ .*\n?)+$/);
  });

  it('should show nothing of a Secret', () => {
    const [before, after] = [object('Secret', 'a', 'data:', '  one: MQ=='), object('Secret', 'b')];
    expect(diffOf(before, after)).toBe('');
  });

  it('should leave out what is far from a change', () => {
    const rest = Array.from({ length: 9 }, (_, index) => `line${index}: 0`);
    const diff = diffOf(object('A', 'a', 'x: 1', ...rest, 'y: 1'), object('A', 'a', 'x: 2', ...rest, 'y: 2'));
    expect(diff).not.toContain('line4');
    expect(diff).toMatch(/\+ x: 2\n.*line0.*\n.*line1.*\n {4}…\n.*line7/);
  });
});
