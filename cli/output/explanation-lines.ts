import { BETWEEN_COLUMNS, tableLines, wrap, type Column } from './table';
import type { AccessRow } from '../../src/contract/policies/access-table';
import type { Explanation, ExplainedKey } from '../explain/explain';

const COLUMNS: readonly Column<AccessRow>[] = [
  { title: 'PRINCIPAL', share: 0.25, cell: ({ principal }) => principal },
  // `Allow` or `Deny`: too short to wrap.
  { title: 'EFFECT', share: 1, cell: ({ effect }) => effect },
  { title: 'ACTIONS', share: 0.27, cell: ({ operations }) => operations.join(', ') },
  { title: 'CONDITIONS', share: 0.19, cell: ({ conditions }) => conditions.length === 0 ? 'always' : conditions.join('; ') },
  { title: 'SOURCE', share: 0.2, cell: ({ source, sid }) => sid === undefined ? source : `${source}: ${sid}` },
];

/** An explanation as text for a terminal of this width. */
export function explanationLines({ keys }: Explanation, width: number): string[] {
  return keys.flatMap((key, position) => [...(position === 0 ? [] : ['']), ...keyLines(key, width)]);
}

function keyLines({ file, logicalId, type, aliases, notes, access }: ExplainedKey, width: number): string[] {
  return [
    [...(file === undefined ? [] : [file]), logicalId, type, ...aliases].join(BETWEEN_COLUMNS),
    ...notes.flatMap((note) => wrap(note, width)),
    '',
    ...tableLines(COLUMNS, access, width),
  ];
}
