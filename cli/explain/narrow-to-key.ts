import type { TemplateKey } from './template-keys';
import { ROTATING_KEY_RESOURCE_TYPE } from '../../src/contract/family/rotating-key-resource';
import type { PolicyStatement } from '../../src/contract/policies/access-table';
import { canApplyToKeys } from '../../src/contract/policies/action-groups';
import { isRecord, isUnknown, listOf, readableValue } from '../../src/contract/policies/readable-value';
import { matchesWildcard } from '../../src/contract/policies/wildcard';

const KEY_ID = 'this key';
const KEY_ARN = `arn:<partition>:kms:<region>:<account>:key/<${KEY_ID}>`;

/**
 * Narrows a statement of an identity policy to what it allows or denies on the key. Undefined if it does not apply.
 *
 * If a value is known only at deployment, the statement is kept, because a missing row is worse than one too many. The
 * exception is a `Resource` that does not mention the key.
 */
export function narrowToKey({ where, statement, when }: PolicyStatement, key: TemplateKey): PolicyStatement | undefined {
  const actions = listOf(statement.Action).map((action) => readableValue(action))
    .filter((action) => isUnknown(action) || canApplyToKeys(action));
  if (actions.length === 0 && statement.NotAction === undefined) return undefined;
  const scope = scopeOf(statement, key);
  if (scope === undefined || aliasConditions(statement.Condition).some((patterns) => !matchesAnAlias(patterns, key))) return undefined;
  const narrowed = statement.NotAction === undefined ? { ...statement, Action: actions } : statement;
  return { where, statement: narrowed, when: [...when, ...scope] };
}

/** How widely the statement applies. Empty if it names the key itself, undefined if it does not apply to the key. */
function scopeOf(statement: PolicyStatement['statement'], key: TemplateKey): readonly string[] | undefined {
  const nameOf = (logicalId: string, attribute = '') => {
    if (!key.referenceIds.includes(logicalId)) return `${logicalId}.${attribute}`;
    return /Arn$/.test(attribute) ? KEY_ARN : KEY_ID;
  };
  const texts = (resources: unknown) => listOf(resources).map((resource) => readableValue(resource, nameOf));
  if (statement.NotResource !== undefined) {
    const excluded = texts(statement.NotResource);
    return excluded.some(matchesKey) ? undefined : [`for every key that is not ${excluded.join(', ')}`];
  }
  const matching = texts(statement.Resource).filter((text) => isUnknown(text) ? mentionsKey(text, key) : matchesKey(text));
  if (matching.length === 0) return undefined;
  return matching.some((text) => !isUnknown(text) && !/[*?]/.test(text)) ? [] : [`for every key that matches ${matching.join(', ')}`];
}

/** Partition, Region and account are not compared, because a template does not have to state where it is deployed. */
function matchesKey(resource: string): boolean {
  if ([KEY_ID, KEY_ARN].includes(resource)) return true;
  const [, , service = '*', , , ...rest] = resource.split(':');
  if (!/^(arn:|\*)/.test(resource) || !matchesWildcard(service, 'kms')) return false;
  return matchesWildcard(rest.length === 0 ? '*' : rest.join(':'), `key/<${KEY_ID}>`);
}

/** The text is a CloudFormation function that was not evaluated, so its references are still logical ids. */
function mentionsKey(resource: string, { referenceIds }: TemplateKey): boolean {
  return referenceIds.some((logicalId) => new RegExp(`["{]${logicalId}[".}]`).test(resource));
}

interface AliasPatterns {
  readonly wildcards: boolean;
  readonly patterns: readonly string[];
}

/**
 * The aliases that a statement requires of the key, or of the request.
 *
 * Only operators that need a matching alias are read: all other conditions can also hold for a key without an alias.
 */
function aliasConditions(condition: unknown): AliasPatterns[] {
  if (!isRecord(condition)) return [];
  return Object.entries(condition).flatMap(([operator, keys]) => {
    if (!/^(ForAnyValue:)?String(Equals|Like)$/i.test(operator) || !isRecord(keys)) return [];
    return Object.entries(keys).filter(([name]) => /^kms:(Resource|Request)Alias(es)?$/i.test(name))
      .map(([, values]) => ({ wildcards: /Like$/i.test(operator), patterns: listOf(values).map((value) => readableValue(value)) }));
  });
}

/** A generation of a rotating key also has an alias with its number. */
function matchesAnAlias({ wildcards, patterns }: AliasPatterns, { type, aliases, aliasIds }: TemplateKey): boolean {
  const names = type === ROTATING_KEY_RESOURCE_TYPE ? aliases.flatMap((alias) => [alias, `${alias}/g1`]) : [...aliases, ...aliasIds];
  const matches = (pattern: string, name: string) => wildcards ? matchesWildcard(pattern, name) : pattern === name;
  return patterns.some((pattern) => isUnknown(pattern) || names.some((name) => matches(pattern, name)));
}
