import type { Explanation, ExplainedKey } from './explain';
import type { AccessRow } from '../../src/contract/policies/access-table';

/** A column of the table. */
interface Column {
  readonly title: string;
  /** The share of the width that the column may always use. It also gets what other columns do not need. */
  readonly share: number;
  readonly cell: (row: AccessRow) => string;
}

const COLUMNS: readonly Column[] = [
  { title: 'PRINCIPAL', share: 0.25, cell: ({ principal }) => principal },
  // `Allow` or `Deny`: too short to wrap.
  { title: 'EFFECT', share: 1, cell: ({ effect }) => effect },
  { title: 'ACTIONS', share: 0.27, cell: ({ operations }) => operations.join(', ') },
  { title: 'CONDITIONS', share: 0.19, cell: ({ conditions }) => conditions.length === 0 ? 'always' : conditions.join('; ') },
  { title: 'SOURCE', share: 0.2, cell: ({ source, sid }) => sid === undefined ? source : `${source}: ${sid}` },
];

const BETWEEN_COLUMNS = '  ';
/** In less, a column would be one word wide. */
const MIN_WIDTH = 80;

/** An explanation as text for a terminal of this width. */
export function explanationLines({ keys }: Explanation, width: number): string[] {
  return keys.flatMap((key, position) => [...(position === 0 ? [] : ['']), ...keyLines(key, Math.max(width, MIN_WIDTH))]);
}

function keyLines({ logicalId, type, aliases, notes, access }: ExplainedKey, width: number): string[] {
  const widths = widthsOf(access, width - BETWEEN_COLUMNS.length * (COLUMNS.length - 1));
  const line = (cells: readonly string[]) => cells.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join(BETWEEN_COLUMNS).trimEnd();
  const rows = [COLUMNS.map(({ title }) => title), ...access.map((row) => COLUMNS.map(({ cell }) => cell(row)))].map((row) => {
    const wrapped = row.map((cell, index) => wrap(cell, widths[index] ?? 0));
    const height = Math.max(...wrapped.map(({ length }) => length));
    return Array.from({ length: height }, (_, index) => line(wrapped.map((cell) => cell[index] ?? '')));
  });
  const [header = [], ...body] = rows;
  return [
    [logicalId, type, ...aliases].join(BETWEEN_COLUMNS),
    ...notes.flatMap((note) => wrap(note, width)),
    '',
    ...header,
    line(widths.map((columnWidth) => '-'.repeat(columnWidth))),
    ...body.flat(),
  ];
}

/** No column is wider than its longest cell. The remaining width goes to columns that must wrap, from left to right. */
function widthsOf(access: readonly AccessRow[], room: number): number[] {
  const needed = COLUMNS.map(({ title, cell }) => Math.max(title.length, ...access.map((row) => cell(row).length)));
  const widths = COLUMNS.map(({ share }, index) => Math.min(Math.floor(room * share), needed[index] ?? 0));
  let remaining = room - widths.reduce((sum, width) => sum + width, 0);
  return widths.map((width, index) => {
    const more = Math.min((needed[index] ?? 0) - width, Math.max(remaining, 0));
    remaining -= more;
    return width + more;
  });
}

/** Wraps a text at spaces. A word that is longer than a line is split at `/`, `:`, `.`, `-`, and before a capital. */
function wrap(text: string, width: number): string[] {
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

function piecesOfWord(word: string, width: number): string[] {
  const boundaries = /(?<=[/:.-])|(?<=[a-z0-9])(?=[A-Z])/;
  return word.split(boundaries).flatMap((piece) => piece.match(new RegExp(`.{1,${width}}`, 'gs')) ?? []);
}
