import type { Spread } from './statistics.ts';

/** A table of Markdown. */
export function table(head: string[], rows: string[][]): string {
  const line = (cells: string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), `|${head.map((_, i) => (i === 0 ? '---' : '--:')).join('|')}|`, ...rows.map(line)].join(
    '\n',
  );
}

/** A median with what its rounds lay between. */
export function cell(spread: Spread | undefined, digits = 2, unit = ''): string {
  if (spread === undefined) {
    return '–';
  }
  const [median, least, most] = [spread.median, spread.least, spread.most].map((value) =>
    text(value, digits),
  );
  return `${median}${unit} (${least}–${most})`;
}

function text(value: number, digits: number): string {
  return value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}
