import { isRecord } from '../../src/contract/policies/readable-value';

/** A change that can give more access, and that the statements on a key do not show. It counts as broadening. */
export interface UndecidedChange {
  /** The template in a directory. */
  readonly file?: string;
  /** The resource or the condition. */
  readonly where: string;
  readonly reason: string;
}

export type Finding = Pick<UndecidedChange, 'where' | 'reason'>;

/** A value as text that does not depend on the order of members. */
export function canonical(value: unknown): string {
  return JSON.stringify(sorted(value)) ?? '';
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.keys(value).sort().map((name) => [name, sorted(value[name])]));
}
