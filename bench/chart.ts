/** A group of bars, and what each of them stands for. */
export interface Group {
  title: string;
  bars: { title: string; value: number }[];
}

const WIDTH = 860;
const LEFT = 210;
const RIGHT = 70;
const BAR = 18;
const STEP = 22;
const GAP = 34;

/** Colours of middle lightness: they stand out from white and from black. Told apart without hue by their order. */
const COLOURS = ['#d9480f', '#2f80ed', '#12966b', '#9b5de5', '#b8860b'];
const INK = '#7a828e';

/** Horizontal bars, as SVG without a background: it can be read on a light page and on a dark one. */
export function chart(title: string, groups: Group[]): string {
  const most = Math.max(...groups.flatMap(({ bars }) => bars.map(({ value }) => value)));
  const drawn: string[] = [];
  let top = GAP;
  for (const group of groups) {
    drawn.push(label(0, top + 4, group.title, 'font-weight="bold"'));
    top += STEP / 2;
    for (const [index, { title, value }] of group.bars.entries()) {
      drawn.push(bar(top, title, value, (value / most) * (WIDTH - LEFT - RIGHT), COLOURS[index] ?? INK));
      top += STEP;
    }
    top += GAP - STEP / 2;
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${top}" role="img" aria-label="${escaped(title)}" font-family="system-ui, sans-serif" font-size="13" fill="${INK}">
${label(0, 14, title)}
${drawn.join('\n')}
</svg>
`;
}

function bar(top: number, title: string, value: number, width: number, colour: string): string {
  const middle = top + BAR - 5;
  return [
    label(LEFT - 8, middle, title, 'text-anchor="end"'),
    `<rect x="${LEFT}" y="${top}" width="${width.toFixed(1)}" height="${BAR}" rx="2" fill="${colour}"/>`,
    label(LEFT + Number(width.toFixed(1)) + 6, middle, Math.round(value).toLocaleString('en')),
  ].join('');
}

function label(x: number, y: number, text: string, attributes = ''): string {
  return `<text x="${x}" y="${y}"${attributes && ` ${attributes}`}>${escaped(text)}</text>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
