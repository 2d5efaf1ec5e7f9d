import type { Failures } from './failures';
import type { ReversalPorts } from './reversal-ports';
import { generationOfAlias, GenerationTag } from '../../../src/contract/family/generation-tags';
import { findScheduled } from '../evidence/find-scheduled';

/**
 * The ids of all keys of a family that can be in retirement. Nothing about the family is interpreted, so no
 * contradiction of its aliases or tags prevents this search.
 *
 * A key is found by the alias of its generation or by the evidence of its deletion, so that a deleted alias hides
 * no key. If either cannot be read, the tags of every key of the account and Region are read instead.
 */
export async function findKeysInRetirement(alias: string, ports: ReversalPorts, failures: Failures): Promise<string[]> {
  const named = await failures.attempt({ family: alias, source: 'aliases' }, () => findNamed(alias, ports));
  const scheduled = await failures.attempt({ family: alias, source: 'evidence' }, () => findScheduled(alias, ports));
  const found = [named, scheduled].flatMap((attempt) => (attempt.kind === 'done' ? attempt.value : []));
  if (named.kind === 'done' && scheduled.kind === 'done') return [...new Set(found)];
  const tagged = await failures.attempt({ family: alias, source: 'tags' }, () => findTagged(alias, ports));
  return [...new Set([...found, ...(tagged.kind === 'done' ? tagged.value : [])])];
}

async function findNamed(alias: string, { kms }: ReversalPorts): Promise<string[]> {
  const aliases = await kms.listAliases(alias);
  return aliases.filter(({ aliasName }) => generationOfAlias(alias, aliasName) !== undefined).map(({ keyId }) => keyId);
}

async function findTagged(alias: string, { kms }: ReversalPorts): Promise<string[]> {
  const keyIds: string[] = [];
  for (const keyId of await kms.listKeyIds()) {
    if ((await kms.listTags(keyId))[GenerationTag.FAMILY] === alias) keyIds.push(keyId);
  }
  return keyIds;
}
