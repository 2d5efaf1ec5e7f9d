import { GenerationTag } from '../../src/contract/family/generation-tags';
import type { KeyFamilyPort } from '../ports';
import type { FamilyRegister, WholeFamily } from './family';
import { completeFamily, interpretFamily, type FamilyRepair, type KeySighting } from './interpret-family';

/**
 * Where to look for generations: `everywhere` also finds keys that have lost their alias or have none yet, and asks for the tags of every
 * key of account and Region; `by-alias` asks for those under the family's aliases only, and looks without touching.
 */
export type FamilySearch = 'everywhere' | 'by-alias';

/** All that it takes to look. */
export type FamilyView = Pick<KeyFamilyPort, 'listAliases' | 'listTags' | 'describeKey'>;

/** Reads a family from KMS, and completes what an interrupted run left half written if it looks everywhere. */
export async function readFamily(alias: string, kms: FamilyView, search: 'by-alias'): Promise<WholeFamily>;
export async function readFamily(alias: string, kms: KeyFamilyPort, search?: FamilySearch): Promise<WholeFamily>;
export async function readFamily(alias: string, kms: FamilyView | KeyFamilyPort, search: FamilySearch = 'everywhere'): Promise<WholeFamily> {
  if (search === 'by-alias') return completeFamily(interpretFamily(alias, await sightKeys(alias, kms, async () => [])).register);
  // Whoever looks everywhere has more than a view: the overloads see to it.
  const port = kms as KeyFamilyPort;
  const { register, repairs } = interpretFamily(alias, await sightKeys(alias, port, async () => port.listKeyIds()));
  const family = completeFamily(register);
  for (const repair of repairs) await perform(repair, port);
  return family;
}

/** Reads what there is of a family, finished or not, and changes nothing. */
export async function readRegister(alias: string, kms: KeyFamilyPort): Promise<FamilyRegister> {
  return interpretFamily(alias, await sightKeys(alias, kms, async () => kms.listKeyIds())).register;
}

/** KMS cannot search by tag: looking everywhere is a call for each key of account and Region. So many of them are on their way at a time. */
const AT_A_TIME = 8;

async function sightKeys(alias: string, kms: FamilyView, listOthers: () => Promise<string[]>): Promise<KeySighting[]> {
  const aliases = new Map<string, string[]>();
  for (const { aliasName, keyId } of await kms.listAliases(alias)) aliases.set(keyId, [...(aliases.get(keyId) ?? []), aliasName]);

  const sight = async (keyId: string): Promise<KeySighting[]> => {
    const tags = await kms.listTags(keyId);
    if (!aliases.has(keyId) && tags[GenerationTag.FAMILY] !== alias) return [];
    const key = await kms.describeKey(keyId);
    return key === undefined ? [] : [{ key, tags, aliases: aliases.get(keyId) ?? [] }];
  };
  const keyIds = [...new Set([...aliases.keys(), ...await listOthers()])];
  const sightings: KeySighting[] = [];
  for (let seen = 0; seen < keyIds.length; seen += AT_A_TIME) {
    sightings.push(...(await Promise.all(keyIds.slice(seen, seen + AT_A_TIME).map(sight))).flat());
  }
  return sightings;
}

async function perform(repair: FamilyRepair, kms: KeyFamilyPort): Promise<void> {
  switch (repair.kind) {
    case 'tag-as-claimed':
      return kms.tagKey(repair.keyId, { [GenerationTag.STATE]: 'claimed' });
    case 'create-alias':
      await kms.createAlias(repair.alias, repair.keyId);
  }
}
