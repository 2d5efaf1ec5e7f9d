import { BETWEEN_COLUMNS, tableLines, type Column } from './table';
import type { AccessChange, ComparedKey, Comparison } from '../compare/compare';

const COLUMNS: readonly Column<AccessChange>[] = [
  // `more` or `less`: too short to wrap.
  { title: 'ACCESS', share: 1, cell: ({ change }) => change },
  { title: 'PRINCIPAL', share: 0.23, cell: ({ principal }) => principal },
  { title: 'ACTIONS', share: 0.23, cell: ({ operations }) => operations.join(', ') },
  { title: 'CONDITIONS', share: 0.19, cell: ({ conditions }) => conditions.length === 0 ? 'always' : conditions.join('; ') },
  {
    title: 'STATEMENT',
    share: 0.25,
    cell: ({ statement, source, sid }) => [`${statement}, ${source}`, ...(sid === undefined ? [] : [sid])].join(': '),
  },
];

/** A comparison as text for a terminal of this width. */
export function comparisonLines({ keys, undecided }: Comparison, width: number): string[] {
  const different = keys.filter(({ state }) => state !== 'unchanged').map((key) => keyLines(key, width));
  const sections = [...different, ...(undecided.length === 0 ? [] : [undecidedLines(undecided)])];
  if (sections.length === 0) return ['No principal may do more or less than before.'];
  return sections.flatMap((lines, position) => [...(position === 0 ? [] : ['']), ...lines]);
}

function undecidedLines(undecided: Comparison['undecided']): string[] {
  return [
    'Not decided, and counted as more access:',
    ...undecided.map(({ file, where, reason }) => `- ${file === undefined ? '' : `${file}, `}${where}: ${reason}`),
  ];
}

function keyLines({ file, logicalId, type, aliases, state, changes }: ComparedKey, width: number): string[] {
  const title = [...(file === undefined ? [] : [file]), logicalId, type, ...aliases].join(BETWEEN_COLUMNS);
  if (state === 'removed') return [title, 'The key is not in the new template. If it is retained, its key policy stays as it is.'];
  return [title, ...(state === 'new' ? ['The key is new.'] : []), '', ...tableLines(COLUMNS, changes, width)];
}
