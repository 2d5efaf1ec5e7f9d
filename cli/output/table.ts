/** A column of a table. */
export interface Column<Row> {
  readonly title: string;
  /** The share of the width that the column may always use. It also gets what other columns do not need. */
  readonly share: number;
  readonly cell: (row: Row) => string;
}

export const BETWEEN_COLUMNS = '  ';
/** In less, a column would be one word wide. */
const MIN_WIDTH = 80;

/**
 * A table as lines of text.
 *
 * @param width the width of the terminal
 */
export function tableLines<Row>(columns: readonly Column<Row>[], rows: readonly Row[], width: number): string[] {
  const widths = widthsOf(columns, rows, Math.max(width, MIN_WIDTH) - BETWEEN_COLUMNS.length * (columns.length - 1));
  const line = (cells: readonly string[]) => cells.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join(BETWEEN_COLUMNS).trimEnd();
  const [header = [], ...body] = [columns.map(({ title }) => title), ...rows.map((row) => columns.map(({ cell }) => cell(row)))]
    .map((row) => {
      const wrapped = row.map((cell, index) => wrap(cell, widths[index] ?? 0));
      const height = Math.max(...wrapped.map(({ length }) => length));
      return Array.from({ length: height }, (_, index) => line(wrapped.map((cell) => cell[index] ?? '')));
    });
  return [...header, line(widths.map((columnWidth) => '-'.repeat(columnWidth))), ...body.flat()];
}

/** Wraps a text at spaces. A word that is longer than a line is split at `/`, `:`, `.`, `-`, and before a capital. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const piece of text.split(/(?<= )/).flatMap((word) => word.trimEnd().length <= width ? [word] : piecesOfWord(word, width))) {
    if ((line + piece).trimEnd().length > width) {
      lines.push(line.trimEnd());
      line = '';
    }
    line += piece;
  }
  return [...lines, line.trimEnd()];
}

/** No column is wider than its longest cell. The remaining width goes to columns that must wrap, from left to right. */
function widthsOf<Row>(columns: readonly Column<Row>[], rows: readonly Row[], room: number): number[] {
  const needed = columns.map(({ title, cell }) => Math.max(title.length, ...rows.map((row) => cell(row).length)));
  const widths = columns.map(({ share }, index) => Math.min(Math.floor(room * share), needed[index] ?? 0));
  let remaining = room - widths.reduce((sum, width) => sum + width, 0);
  return widths.map((width, index) => {
    const more = Math.min((needed[index] ?? 0) - width, Math.max(remaining, 0));
    remaining -= more;
    return width + more;
  });
}

function piecesOfWord(word: string, width: number): string[] {
  const boundaries = /(?<=[/:.-])|(?<=[a-z0-9])(?=[A-Z])/;
  return word.split(boundaries).flatMap((piece) => piece.match(new RegExp(`.{1,${width}}`, 'gs')) ?? []);
}
