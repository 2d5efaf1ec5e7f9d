import { GenerationTag } from '../../src/contract/generation-tags';
import type { KeyFamilyPort, Tags } from '../ports';
import type { Family } from './family';
import { interpretFamily, type FamilyRepair, type KeySighting } from './interpret-family';

/** Reads a family from KMS, and completes what an interrupted run left half written. */
export async function readFamily(alias: string, kms: KeyFamilyPort): Promise<Family> {
  const { family, repairs } = interpretFamily(alias, await sightKeys(alias, kms));
  for (const repair of repairs) await perform(repair, kms);
  return family;
}

/**
 * Every key under the family's aliases, and every key with its tag.
 *
 * KMS cannot search by tag, so all keys of account and Region are looked at: two calls a key, some seconds for
 * a thousand keys. A run asks a few times only.
 */
async function sightKeys(alias: string, kms: KeyFamilyPort): Promise<KeySighting[]> {
  const aliases = new Map<string, string[]>();
  for (const { aliasName, keyId } of await kms.listAliases(alias)) aliases.set(keyId, [...(aliases.get(keyId) ?? []), aliasName]);

  const sightings: KeySighting[] = [];
  for (const keyId of await kms.listKeyIds()) {
    const tags = await kms.listTags(keyId);
    if (!aliases.has(keyId) && !bearsTag(alias, tags)) continue;
    const key = await kms.describeKey(keyId);
    if (key !== undefined && key.state !== 'PendingDeletion') sightings.push({ key, tags, aliases: aliases.get(keyId) ?? [] });
  }
  return sightings;
}

function bearsTag(alias: string, tags: Tags): boolean {
  return tags[GenerationTag.FAMILY] === alias;
}

async function perform(repair: FamilyRepair, kms: KeyFamilyPort): Promise<void> {
  switch (repair.kind) {
    case 'tag-as-claimed':
      return kms.tagKey(repair.keyId, { [GenerationTag.STATE]: 'claimed' });
    case 'create-alias':
      await kms.createAlias(repair.alias, repair.keyId);
  }
}
