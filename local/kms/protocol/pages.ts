import { invalidMarker } from './errors';

interface PageRequest {
  readonly Limit?: number;
  readonly Marker?: string;
}

/** The members of every List answer beside its entries. */
export interface PageEnd {
  readonly Truncated: boolean;
  readonly NextMarker?: string;
}

/**
 * An entry and its position in the list. The next page begins after the last position, even if that entry was deleted.
 */
export interface Listed<T> {
  readonly position: string;
  readonly entry: T;
}

/** Positions for lists whose entries have no key of their own. */
export function listInOrder<T>(entries: readonly T[]): Listed<T>[] {
  return entries.map((entry, index) => ({ position: String(index).padStart(6, '0'), entry }));
}

/** One page of a list. A marker is valid only for the operation that returned it. */
export function page<T>(
  operation: string,
  entries: readonly Listed<T>[],
  request: PageRequest,
  sizes: { default: number; max: number },
): PageEnd & { entries: T[] } {
  const behind = request.Marker === undefined ? '' : readMarker(operation, request.Marker);
  const size = Math.min(request.Limit ?? sizes.default, sizes.max);
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
