import { invalidMarker } from './errors';

interface PageRequest {
  readonly Limit?: number;
  readonly Marker?: string;
}

/** What every List operation answers beside its entries. */
export interface PageEnd {
  readonly Truncated: boolean;
  readonly NextMarker?: string;
}

/** An entry and its place in the list: listing goes on behind the last place seen, even if that entry has gone meanwhile. */
export interface Listed<T> {
  readonly position: string;
  readonly entry: T;
}

/** Positions for lists in which the order of entries is their identity. */
export function listInOrder<T>(entries: readonly T[]): Listed<T>[] {
  return entries.map((entry, index) => ({ position: String(index).padStart(6, '0'), entry }));
}

/** One page of a list. Markers belong to the operation that gave them. */
export function page<T>(
  operation: string,
  entries: readonly Listed<T>[],
  request: PageRequest,
  sizes: { standard: number; most: number },
): PageEnd & { entries: T[] } {
  const behind = request.Marker === undefined ? '' : readMarker(operation, request.Marker);
  const size = Math.min(request.Limit ?? sizes.standard, sizes.most);
  const rest = entries.filter((listed) => listed.position > behind).sort((a, b) => (a.position < b.position ? -1 : 1));
  const shown = rest.slice(0, size);
  const last = shown.at(-1);
  const end: PageEnd = rest.length > size && last !== undefined
    ? { Truncated: true, NextMarker: Buffer.from(`${operation}\n${last.position}`).toString('base64url') }
    : { Truncated: false };
  return { entries: shown.map((listed) => listed.entry), ...end };
}

function readMarker(operation: string, marker: string): string {
  const [of, position] = Buffer.from(marker, 'base64url').toString().split('\n');
  if (of !== operation || position === undefined) throw invalidMarker();
  return position;
}
