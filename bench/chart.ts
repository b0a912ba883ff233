/** A group of bars: a value for each of the series, or nothing. */
export interface Group {
  title: string;
  values: (number | undefined)[];
}

const WIDTH = 860;
const LEFT = 130;
const RIGHT = 70;
const BAR = 18;
const STEP = 22;
const GAP = 36;

/** Colours of middle lightness: they stand out from white and from black. Told apart without hue by their order. */
const COLOURS = ['#d9480f', '#2f80ed', '#d6336c', '#12966b', '#9b5de5', '#b8860b'];
const INK = '#7a828e';

/** Horizontal bars, as SVG without a background: it can be read on a light page and on a dark one. */
export function chart(title: string, series: string[], groups: Group[]): string {
  const most = Math.max(...groups.flatMap(({ values }) => values.map((value) => value ?? 0)));
  const drawn: string[] = [];
  let top = GAP;
  for (const group of groups) {
    drawn.push(label(0, top, group.title, 'font-weight="bold"'));
    top += STEP / 2;
    for (const [index, value] of group.values.entries()) {
      if (value !== undefined) {
        const width = Math.round((value / most) * (WIDTH - LEFT - RIGHT));
        drawn.push(bar(top, series[index] ?? '', value, width, COLOURS[index] ?? INK));
        top += STEP;
      }
    }
    top += GAP - STEP / 2;
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${top - STEP}" role="img" aria-label="${escaped(title)}" font-family="system-ui, sans-serif" font-size="13" fill="${INK}">
${label(0, 14, title)}
${drawn.join('\n')}
</svg>
`;
}

function bar(top: number, title: string, value: number, width: number, colour: string): string {
  const middle = top + BAR - 5;
  return [
    label(LEFT - 8, middle, title, 'text-anchor="end"'),
    `<rect x="${LEFT}" y="${top}" width="${width}" height="${BAR}" rx="2" fill="${colour}"/>`,
    label(LEFT + width + 6, middle, Math.round(value).toLocaleString('en')),
  ].join('');
}

function label(x: number, y: number, text: string, attributes = ''): string {
  return `<text x="${x}" y="${y}"${attributes && ` ${attributes}`}>${escaped(text)}</text>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
