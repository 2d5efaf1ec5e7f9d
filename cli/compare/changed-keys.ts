import { canonical, type UndecidedChange } from './finding';
import { ROTATING_KEY_RESOURCE_TYPE } from '../../src/contract/family/rotating-key-resource';
import { isRecord } from '../../src/contract/policies/readable-value';
import { parseJsonWithReferences } from '../explain/json-with-references';
import type { NamedTemplate } from '../explain/template';
import type { FoundKey, KeyPair } from '../pairs/pair-keys';

/** The keys whose unchanged statements may apply to other key material, or to other principals. */
export function changedKeys(keys: readonly KeyPair[], before: readonly NamedTemplate[]): UndecidedChange[] {
  return keys.flatMap(({ found, previous }) => {
    if (previous === undefined) return [];
    const { file, key: { logicalId: where, type } } = found;
    const reasons = [
      ...movedKey(found, previous, before),
      ...(type === ROTATING_KEY_RESOURCE_TYPE ? changedFamily(found, previous) : []),
      ...changedPrimary(found, previous),
    ];
    return reasons.map((reason) => ({ ...(file === undefined ? {} : { file }), where, reason }));
  });
}

/** In a template that was renamed, the logical ids are those of the same resources. */
function movedKey({ file }: FoundKey, previous: FoundKey, before: readonly NamedTemplate[]): string[] {
  if (file === previous.file || !before.some((each) => each.file === file)) return [];
  return [`the key moved here from ${previous.file}, where the same logical ids can be other roles`];
}

/** The Deny statements of a rotating key depend on its roles, and its generations on its alias. */
function changedFamily(found: FoundKey, previous: FoundKey): string[] {
  const [now, old] = [found, previous].map(({ key: { logicalId }, template }) => {
    const family = parseJsonWithReferences(template.Resources[logicalId]?.Properties?.Family);
    return isRecord(family) ? family : {};
  });
  if (previous.key.type !== ROTATING_KEY_RESOURCE_TYPE) return [];
  return [
    ...(canonical(now?.roles) === canonical(old?.roles) ? [] : ['the roles that the Deny statements of each generation exempt changed']),
    ...(canonical(now?.alias) === canonical(old?.alias) ? [] : ['the alias changed, so this is another family of generations']),
  ];
}

function changedPrimary(found: FoundKey, previous: FoundKey): string[] {
  const [now, old] = [found, previous].map(({ key: { logicalId }, template }) =>
    canonical(template.Resources[logicalId]?.Properties?.PrimaryKeyArn));
  return now === old ? [] : ['the primary key of the replica changed, so the statements apply to other key material'];
}
