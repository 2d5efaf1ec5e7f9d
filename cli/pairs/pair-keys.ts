import type { NamedTemplate, Template } from '../explain/template';
import { keysOf, type TemplateKey } from '../explain/template-keys';

/** A key, and its template. */
export interface FoundKey {
  readonly file?: string;
  readonly key: TemplateKey;
  readonly template: Template;
}

export interface KeyPair {
  readonly found: FoundKey;
  /** Undefined if the key is new. */
  readonly previous?: FoundKey;
}

/** The keys of the new templates with the same key of the old ones, and the removed keys. */
export function pairKeys(before: readonly NamedTemplate[], after: readonly NamedTemplate[]): { pairs: KeyPair[]; removed: FoundKey[] } {
  const old = before.flatMap(keysIn);
  const pairs: { found: FoundKey; previous?: FoundKey }[] = after.flatMap(keysIn).map((found) => {
    const previous = old.find((each) => isSame(each, found));
    return previous === undefined ? { found } : { found, previous };
  });
  const removed = old.filter((each) => !pairs.some(({ previous }) => previous === each));
  for (const pair of pairs.filter(({ previous }) => previous === undefined)) {
    const position = removed.findIndex((each) => haveOneAlias(each, pair.found));
    if (position >= 0) pair.previous = removed.splice(position, 1)[0]!;
  }
  return { pairs, removed };
}

function keysIn({ file, template }: NamedTemplate): FoundKey[] {
  return keysOf(template).map((key) => ({ ...(file === undefined ? {} : { file }), key, template }));
}

function isSame(one: FoundKey, other: FoundKey): boolean {
  return one.file === other.file && one.key.logicalId === other.key.logicalId;
}

function haveOneAlias({ key: one }: FoundKey, { key: other }: FoundKey): boolean {
  return one.aliases.some((alias) => other.aliases.includes(alias));
}
