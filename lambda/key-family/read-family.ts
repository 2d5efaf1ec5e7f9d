import type { FamilyRegister, FamilyWithOrphans } from './family';
import { completeFamily, interpretFamily, type FamilyRepair, type FoundKey } from './interpret-family';
import { GenerationTag } from '../../src/contract/family/generation-tags';
import type { KeyFamilyPort } from '../ports/key-family';

/**
 * Where to search for generations. `everywhere` reads the tags of every key of the account and Region. It also finds
 * keys whose alias was deleted or does not exist yet. `by-alias` reads only the keys under the family's aliases, and
 * changes nothing.
 */
export type FamilySearch = 'everywhere' | 'by-alias';

/** The calls that a search by alias needs. */
export type FamilyView = Pick<KeyFamilyPort, 'listAliases' | 'listTags' | 'describeKey'>;

/** Reads a family from KMS. A search `everywhere` also completes the writes of a run that was stopped. */
export async function readFamily(alias: string, kms: FamilyView, search: 'by-alias'): Promise<FamilyWithOrphans>;
export async function readFamily(alias: string, kms: KeyFamilyPort, search?: FamilySearch): Promise<FamilyWithOrphans>;
export async function readFamily(
  alias: string, kms: FamilyView | KeyFamilyPort, search: FamilySearch = 'everywhere',
): Promise<FamilyWithOrphans> {
  if (search === 'by-alias') return completeFamily(interpretFamily(alias, await findKeys(alias, kms, async () => [])).register);
  // The overloads require a whole port for this search.
  const port = kms as KeyFamilyPort;
  const { register, repairs } = interpretFamily(alias, await findKeys(alias, port, async () => port.listKeyIds()));
  const family = completeFamily(register);
  for (const repair of repairs) await perform(repair, port);
  return family;
}

/** Reads a family, complete or not, and changes nothing. */
export async function readRegister(alias: string, kms: KeyFamilyPort): Promise<FamilyRegister> {
  return interpretFamily(alias, await findKeys(alias, kms, async () => kms.listKeyIds())).register;
}

/** KMS cannot search by tag, so a search `everywhere` costs a call for each key of the account and Region. */
const CONCURRENT_CALLS = 8;

async function findKeys(alias: string, kms: FamilyView, listOthers: () => Promise<string[]>): Promise<FoundKey[]> {
  const aliases = new Map<string, string[]>();
  for (const { aliasName, keyId } of await kms.listAliases(alias)) aliases.set(keyId, [...(aliases.get(keyId) ?? []), aliasName]);

  const readKey = async (keyId: string): Promise<FoundKey[]> => {
    const tags = await kms.listTags(keyId);
    if (!aliases.has(keyId) && tags[GenerationTag.FAMILY] !== alias) return [];
    const key = await kms.describeKey(keyId);
    return key === undefined ? [] : [{ key, tags, aliases: aliases.get(keyId) ?? [] }];
  };
  const keyIds = [...new Set([...aliases.keys(), ...await listOthers()])];
  const found: FoundKey[] = [];
  for (let start = 0; start < keyIds.length; start += CONCURRENT_CALLS) {
    found.push(...(await Promise.all(keyIds.slice(start, start + CONCURRENT_CALLS).map(readKey))).flat());
  }
  return found;
}

async function perform(repair: FamilyRepair, kms: KeyFamilyPort): Promise<void> {
  switch (repair.kind) {
    case 'tag-as-claimed':
      return kms.tagKey(repair.keyId, { [GenerationTag.STATE]: 'claimed' });
    case 'create-alias':
      await kms.createAlias(repair.alias, repair.keyId);
  }
}
