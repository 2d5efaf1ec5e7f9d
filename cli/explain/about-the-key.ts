import type { TemplateKey } from './template-keys';
import { ROTATING_KEY_RESOURCE_TYPE } from '../../src/contract/family/rotating-key-resource';
import type { PolicyStatement } from '../../src/contract/policies/access-table';
import { canBeAboutAKey } from '../../src/contract/policies/kms-edges';
import { isRecord, isUnknown, listOf, readableValue } from '../../src/contract/policies/readable-value';
import { matchesWildcard } from '../../src/contract/policies/wildcard';

const KEY_ID = 'this key';
const KEY_ARN = `arn:<partition>:kms:<region>:<account>:key/<${KEY_ID}>`;

/**
 * A statement of an identity policy without what is not about the key. Undefined: nothing of it is.
 *
 * In doubt it is: what only the deployment knows is shown rather than left out, unless it does not mention the key.
 */
export function aboutTheKey({ where, statement, when }: PolicyStatement, key: TemplateKey): PolicyStatement | undefined {
  const actions = listOf(statement.Action).map((action) => readableValue(action)).filter((action) => isUnknown(action) || canBeAboutAKey(action));
  if (actions.length === 0 && statement.NotAction === undefined) return undefined;
  const scope = scopeOf(statement, key);
  if (scope === undefined || aliasConditions(statement.Condition).some((patterns) => !matchesAnAlias(patterns, key))) return undefined;
  const narrowed = statement.NotAction === undefined ? { ...statement, Action: actions } : statement;
  return { where, statement: narrowed, when: [...when, ...scope] };
}

/** How widely the statement takes the key in; nothing, if it is meant by itself. Undefined: the statement is not about it. */
function scopeOf(statement: PolicyStatement['statement'], key: TemplateKey): readonly string[] | undefined {
  const nameOf = (logicalId: string, attribute = '') => {
    if (!key.standIns.includes(logicalId)) return `${logicalId}.${attribute}`;
    return /Arn$/.test(attribute) ? KEY_ARN : KEY_ID;
  };
  const texts = (resources: unknown) => listOf(resources).map((resource) => readableValue(resource, nameOf));
  if (statement.NotResource !== undefined) {
    const spared = texts(statement.NotResource);
    return spared.some(matchesTheKey) ? undefined : [`for every key that is not ${spared.join(', ')}`];
  }
  const matching = texts(statement.Resource).filter((text) => isUnknown(text) ? mentionsTheKey(text, key) : matchesTheKey(text));
  if (matching.length === 0) return undefined;
  return matching.some((text) => !isUnknown(text) && !/[*?]/.test(text)) ? [] : [`for every key that matches ${matching.join(', ')}`];
}

/** Partition, Region and account are not told apart: which ones the stack goes to, a template need not say. */
function matchesTheKey(resource: string): boolean {
  if ([KEY_ID, KEY_ARN].includes(resource)) return true;
  const [, , service = '*', , , ...rest] = resource.split(':');
  if (!/^(arn:|\*)/.test(resource) || !matchesWildcard(service, 'kms')) return false;
  return matchesWildcard(rest.length === 0 ? '*' : rest.join(':'), `key/<${KEY_ID}>`);
}

/** Within a function that stayed as it is, references still have their names. */
function mentionsTheKey(resource: string, { standIns }: TemplateKey): boolean {
  return standIns.some((logicalId) => new RegExp(`["{]${logicalId}[".}]`).test(resource));
}

interface AliasPatterns {
  readonly wildcards: boolean;
  readonly patterns: readonly string[];
}

/** What a statement asks of the aliases of the key, or of the alias that a request names: only what is not met by having none. */
function aliasConditions(condition: unknown): AliasPatterns[] {
  if (!isRecord(condition)) return [];
  return Object.entries(condition).flatMap(([operator, keys]) => {
    if (!/^(ForAnyValue:)?String(Equals|Like)$/i.test(operator) || !isRecord(keys)) return [];
    return Object.entries(keys).filter(([name]) => /^kms:(Resource|Request)Alias(es)?$/i.test(name))
      .map(([, values]) => ({ wildcards: /Like$/i.test(operator), patterns: listOf(values).map((value) => readableValue(value)) }));
  });
}

/** A generation of a rotating key is named by its number, too. */
function matchesAnAlias({ wildcards, patterns }: AliasPatterns, { type, aliases, aliasIds }: TemplateKey): boolean {
  const names = type === ROTATING_KEY_RESOURCE_TYPE ? aliases.flatMap((alias) => [alias, `${alias}/g1`]) : [...aliases, ...aliasIds];
  return patterns.some((pattern) => isUnknown(pattern) || names.some((name) => wildcards ? matchesWildcard(pattern, name) : pattern === name));
}
