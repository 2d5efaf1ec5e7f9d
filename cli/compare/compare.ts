import { covers } from './covers';
import type { UndecidedChange } from './finding';
import { conditionText, EVERYTHING_EXCEPT, permitsOn, type Permit } from './permits';
import { substituteDefaults } from './substitute-defaults';
import { undecidedChanges } from './undecided';
import { readableOperations } from '../../src/contract/policies/action-groups';
import { matchesWildcard } from '../../src/contract/policies/wildcard';
import type { NamedTemplate } from '../explain/template';
import { pairKeys, type FoundKey } from '../pairs/pair-keys';

/** The difference of the access to the keys of two synthesized apps. */
export interface Comparison {
  /** Whether a principal may do more with a key than before, a key is new, or a change is undecided. */
  readonly broadened: boolean;
  /** Whether a principal may do less with a key than before. */
  readonly narrowed: boolean;
  readonly keys: readonly ComparedKey[];
  /** Changes outside of the statements on a key that can give more access. Each counts as broadening. */
  readonly undecided: readonly UndecidedChange[];
}

export interface ComparedKey {
  /** The template in a directory. */
  readonly file?: string;
  readonly logicalId: string;
  readonly type: string;
  readonly aliases: readonly string[];
  readonly state: 'new' | 'removed' | 'changed' | 'unchanged';
  readonly changes: readonly AccessChange[];
}

/** What a principal may do more, or less, than before. */
export interface AccessChange {
  readonly change: 'more' | 'less';
  /** The statement that was added or removed. A removed Deny is more access. */
  readonly statement: 'Allow added' | 'Allow removed' | 'Deny added' | 'Deny removed';
  readonly principal: string;
  readonly operations: readonly string[];
  readonly actions: readonly string[];
  /** The conditions of that statement. Empty: always. */
  readonly conditions: readonly string[];
  readonly sid?: string;
  readonly source: string;
}

/** Compares the access to every key. A key is the same if logical id and file are, or else if the alias is. */
export function compare(before: readonly NamedTemplate[], after: readonly NamedTemplate[]): Comparison {
  const [former, current] = [before, after].map((templates) =>
    templates.map(({ template, ...file }) => ({ ...file, template: substituteDefaults(template) }))) as [NamedTemplate[], NamedTemplate[]];
  const { pairs, removed } = pairKeys(former, current);
  const keys = [
    ...pairs.map(({ found, previous }) => compared(found, previous)),
    ...removed.map((each) => ({ ...described(each), state: 'removed' as const, changes: [] })),
  ];
  const has = (change: AccessChange['change']) => keys.some(({ changes }) => changes.some((each) => each.change === change));
  const undecided = undecidedChanges(former, current, pairs);
  return { broadened: has('more') || undecided.length > 0, narrowed: has('less'), keys, undecided };
}

function compared(found: FoundKey, previous: FoundKey | undefined): ComparedKey {
  const now = permitsOn(found.key, found.template);
  const old = previous === undefined ? [] : permitsOn(previous.key, previous.template);
  const added = now.filter((permit) => !old.some((each) => covers(each, permit)));
  const removed = old.filter((permit) => !now.some((each) => covers(each, permit)));
  const ofEffect = (permits: readonly Permit[], effect: Permit['effect']) => permits.filter((permit) => permit.effect === effect);
  const changes = [
    ...changesOf('more', 'Allow added', ofEffect(added, 'Allow')),
    ...changesOf('more', 'Deny removed', ofEffect(removed, 'Deny')),
    ...changesOf('less', 'Allow removed', ofEffect(removed, 'Allow')),
    // A new key denies nothing that was allowed.
    ...(previous === undefined ? [] : changesOf('less', 'Deny added', ofEffect(added, 'Deny'))),
  ];
  const known = changes.length === 0 ? 'unchanged' : 'changed';
  return { ...described(found), state: previous === undefined ? 'new' : known, changes };
}

function described({ file, key: { logicalId, type, aliases } }: FoundKey): Pick<ComparedKey, 'file' | 'logicalId' | 'type' | 'aliases'> {
  return { ...(file === undefined ? {} : { file }), logicalId, type, aliases };
}

/** One row for the actions of one statement for one principal. */
function changesOf(change: AccessChange['change'], statement: AccessChange['statement'], permits: readonly Permit[]): AccessChange[] {
  const rows = new Map<string, { permit: Permit; actions: string[] }>();
  for (const permit of permits) {
    const { action, ...others } = permit;
    const id = JSON.stringify(others);
    const row = rows.get(id) ?? { permit, actions: [] };
    row.actions.push(action);
    rows.set(id, row);
  }
  return [...rows.values()].map(({ permit: { principal, conditions, sid, source }, actions: all }) => {
    const actions = withoutMatched(all);
    const operations = readableOperations(actions);
    return {
      change,
      statement,
      principal,
      operations,
      actions,
      conditions: conditions.map(conditionText),
      ...(sid === undefined ? {} : { sid }),
      source,
    };
  });
}

/** The actions without those that a wildcard of the same row matches. */
function withoutMatched(actions: readonly string[]): string[] {
  const except = actions.filter((action) => action.startsWith(EVERYTHING_EXCEPT));
  if (except.length > 0) return except;
  const wildcards = actions.filter((action) => /[*?]/.test(action));
  return actions.filter((action) => !wildcards.some((pattern) =>
    pattern !== action && matchesWildcard(pattern.toLowerCase(), action.toLowerCase())));
}
