import type { Failures } from './failures';
import type { ReversalPorts } from './reversal-ports';
import { ErrorName } from '../../../src/contract/error-names';
import { Failure } from '../../../src/contract/failure';
import { generationOfAlias, GenerationTag } from '../../../src/contract/family/generation-tags';
import { findScheduled } from '../evidence/find-scheduled';

/** KMS cannot search by tag, so the search costs a call for each key of the account and Region. */
const CONCURRENT_CALLS = 8;

/**
 * The ids of all keys of a family that can be in retirement. Nothing about the family is interpreted, so no
 * contradiction of its aliases or tags prevents this search.
 *
 * A key is found by the alias of its generation, by the evidence of its deletion, and by its tags, among all keys of
 * the account and Region. None of the three is needed: an alias can be deleted, and after a takeover with another
 * evidence bucket there is no evidence.
 */
export async function findKeysInRetirement(alias: string, ports: ReversalPorts, failures: Failures): Promise<string[]> {
  const named = await failures.attempt({ family: alias, source: 'aliases' }, () => findNamed(alias, ports));
  const scheduled = await failures.attempt({ family: alias, source: 'evidence' }, () => findScheduled(alias, ports));
  const tagged = await failures.attempt({ family: alias, source: 'tags' }, () => findTagged(alias, ports));
  return [...new Set([named, scheduled, tagged].flatMap((attempt) => (attempt.kind === 'done' ? attempt.value : [])))];
}

async function findNamed(alias: string, { kms }: ReversalPorts): Promise<string[]> {
  const aliases = await kms.listAliases(alias);
  return aliases.filter(({ aliasName }) => generationOfAlias(alias, aliasName) !== undefined).map(({ keyId }) => keyId);
}

async function findTagged(alias: string, { kms }: ReversalPorts): Promise<string[]> {
  const keyIds = await kms.listKeyIds();
  const found: string[] = [];
  for (let start = 0; start < keyIds.length; start += CONCURRENT_CALLS) {
    const some = keyIds.slice(start, start + CONCURRENT_CALLS);
    const tagged = await Promise.all(some.map(async (keyId) => hasTag(keyId, alias, kms)));
    found.push(...some.filter((_, index) => tagged[index]));
  }
  return found;
}

/** Keys of other owners deny this role their tags, and a key that is deleted at this moment has none. */
async function hasTag(keyId: string, alias: string, kms: Pick<ReversalPorts['kms'], 'listTags'>): Promise<boolean> {
  try {
    return (await kms.listTags(keyId))[GenerationTag.FAMILY] === alias;
  } catch (error) {
    if (Failure.named(error, ErrorName.ACCESS_DENIED)) return false;
    throw error;
  }
}
