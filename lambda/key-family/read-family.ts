import type { FamilyRegister, FamilyWithOrphans } from './family';
import { completeFamily, interpretFamily, type FamilyRepair, type FoundKey, type UnreadableKey } from './interpret-family';
import { isRecordedKey } from './proof/created-keys';
import { findMissingGate } from './proof/generation-proof';
import { tagValue } from './tag-value';
import { ErrorName } from '../../src/contract/error-names';
import { Failure } from '../../src/contract/failure';
import { generationAlias, generationOfAlias, GenerationTag } from '../../src/contract/family/generation-tags';
import type { EvidencePort } from '../ports/evidence';
import type { KeyFamilyPort } from '../ports/key-family';
import type { Log } from '../runtime/log';

/** The calls that a search by alias needs. */
export type FamilyView = Pick<KeyFamilyPort, 'listAliases' | 'listTags' | 'describeKey'>;

/** What a search among all keys needs. Tags prove nothing, so the evidence names the keys that runs have created. */
export interface FamilySources {
  readonly kms: KeyFamilyPort;
  readonly evidence: Pick<EvidencePort, 'read'>;
  readonly log: Log;
}

/** The keys that were found. Those that this role may not read are known by their aliases and tags only. */
interface FoundKeys {
  readonly readable: readonly FoundKey[];
  readonly unreadable: readonly UnreadableKey[];
}

/**
 * Reads a family by its aliases only, and changes nothing.
 *
 * Keys whose alias was deleted or does not exist yet are not found. `readWholeFamily` finds them.
 */
export async function readFamily(alias: string, kms: FamilyView): Promise<FamilyWithOrphans> {
  const { readable, unreadable } = await findKeys(alias, kms);
  return completeFamily(interpretFamily(alias, readable, unreadable).register);
}

/**
 * Reads a family among all keys of the account and Region, and completes the writes of a run that was stopped.
 *
 * If a key denies the write, it is not of the family: another principal must not stop the family with a key of its own.
 */
export async function readWholeFamily(alias: string, sources: FamilySources): Promise<FamilyWithOrphans> {
  const { family, repairs } = await readFamilyToRepair(alias, sources);
  const refused = new Set<string>();
  for (const repair of repairs) if (await tryRepair(alias, repair, sources) === 'refused') refused.add(repair.keyId);
  return without(family, refused);
}

/**
 * Reads a family, and the writes of stopped runs that are incomplete. They may need another key policy first: that of
 * the roles that exist now.
 */
export async function readFamilyToRepair(
  alias: string, sources: FamilySources,
): Promise<{ readonly family: FamilyWithOrphans; readonly repairs: readonly FamilyRepair[] }> {
  const { readable, unreadable } = await findKeys(alias, sources.kms, sources);
  const { register, repairs } = interpretFamily(alias, readable, unreadable);
  return { family: completeFamily(register), repairs };
}

/** Reads a family, complete or not, and changes nothing. */
export async function readRegister(alias: string, sources: FamilySources): Promise<FamilyRegister> {
  const { readable, unreadable } = await findKeys(alias, sources.kms, sources);
  return interpretFamily(alias, readable, unreadable).register;
}

/** The current generation stays: the alias of the family proves it. */
function without(family: FamilyWithOrphans, refused: ReadonlySet<string>): FamilyWithOrphans {
  const { current, generations, unreadable = [] } = family;
  const removed = generations.filter(({ keyId }) => keyId !== current.keyId && refused.has(keyId));
  if (removed.length === 0) return family;
  return {
    ...family,
    generations: generations.filter((generation) => !removed.includes(generation)),
    unreadable: [...unreadable, ...removed.map(({ generation, keyId, owner }) => ({ generation, keyId, owner }))],
  };
}

/** KMS cannot search by tag, so a search `everywhere` costs a call for each key of the account and Region. */
const CONCURRENT_CALLS = 8;

/**
 * Other aliases below the name of the family, such as `alias/orders/archive`, belong to other owners: they are ignored.
 *
 * A key that only its tags assign to the family must have the gate in its key policy, which protects tags. If its tags
 * also say that it is a generation, the evidence must name it. The number of a key that is ignored is passed over.
 */
async function findKeys(alias: string, kms: FamilyView, everywhere?: FamilySources): Promise<FoundKeys> {
  const aliases = new Map<string, string[]>();
  for (const { aliasName, keyId } of await kms.listAliases(alias)) {
    if (aliasName === alias || generationOfAlias(alias, aliasName) !== undefined) {
      aliases.set(keyId, [...(aliases.get(keyId) ?? []), aliasName]);
    }
  }
  const unreadable: UnreadableKey[] = [];
  const ignore = (key: UnreadableKey, reason: string) => {
    unreadable.push(key);
    everywhere?.log.warn('key-ignored', {
      alias,
      keyId: key.keyId,
      reason,
      remedy: key.aliases.length > 0
        ? `delete ${key.aliases.join(', ')} if no rotation created the key (CloudTrail: CreateKey, CreateAlias)`
        : `create ${generationAlias(alias, key.taggedAs ?? 0)} for it if a rotation created the key (CloudTrail: CreateKey)`,
    });
  };
  const readNamed = async (keyId: string, names: readonly string[]): Promise<FoundKey[]> => {
    const tags = await unlessDenied(() => kms.listTags(keyId));
    const key = tags === 'denied' ? 'denied' : await unlessDenied(() => kms.describeKey(keyId));
    const owner = tags === 'denied' ? undefined : tagValue(tags, GenerationTag.OWNER);
    if (tags === 'denied' || key === 'denied') {
      ignore({ keyId, aliases: names, owner }, 'this role may not read the key');
      return [];
    }
    if (key === undefined) return [];
    if (tags[GenerationTag.FAMILY] !== alias && !names.includes(alias)) {
      ignore({ keyId, aliases: names, owner }, 'key under the alias of a number is not a generation of this family');
      return [];
    }
    return [{ key, tags, aliases: names }];
  };
  const readUnnamed = async (keyId: string, { kms: port, evidence }: FamilySources): Promise<FoundKey[]> => {
    const tags = await unlessDenied(() => port.listTags(keyId));
    if (tags === 'denied' || tags[GenerationTag.FAMILY] !== alias) return [];
    const key = await unlessDenied(() => port.describeKey(keyId));
    if (key === undefined) return [];
    const obstacle = key === 'denied' ? 'denied' : await unlessDenied(() => findMissingGate({ keyId }, port));
    const isClaimed = tags[GenerationTag.STATE] === 'claimed';
    if (obstacle !== undefined && (obstacle !== 'denied' || !isClaimed)) return [];
    const generation = generationOfAlias(alias, `${alias}/g${tags[GenerationTag.GENERATION]}`);
    const isProven = key !== 'denied' && generation !== undefined && obstacle !== 'denied'
      && (!isClaimed || await isRecordedKey(alias, { keyId, keyArn: key.keyArn, generation }, evidence));
    if (key !== 'denied' && isProven) return [{ key, tags, aliases: [] }];
    ignore(
      { keyId, aliases: [], taggedAs: generation, owner: tagValue(tags, GenerationTag.OWNER) },
      'only its tags say that the key is a generation, and every principal can tag a key of its own',
    );
    return [];
  };

  const others = everywhere === undefined ? [] : await everywhere.kms.listKeyIds();
  const keyIds = [...new Set([...aliases.keys(), ...others])];
  const readable: FoundKey[] = [];
  for (let start = 0; start < keyIds.length; start += CONCURRENT_CALLS) {
    readable.push(...(await Promise.all(keyIds.slice(start, start + CONCURRENT_CALLS).map(async (keyId) => {
      const names = aliases.get(keyId);
      if (names !== undefined) return readNamed(keyId, names);
      return everywhere === undefined ? [] : readUnnamed(keyId, everywhere);
    }))).flat());
  }
  return { readable, unreadable };
}

/** A denied read is never the same as an empty result. */
async function unlessDenied<T>(read: () => Promise<T>): Promise<T | 'denied'> {
  try {
    return await read();
  } catch (error) {
    if (Failure.named(error, ErrorName.ACCESS_DENIED)) return 'denied';
    throw error;
  }
}

/** Completes a write of a stopped run. `refused`: the policy of the key does not allow it, which is logged. */
export async function tryRepair(
  alias: string, repair: FamilyRepair, { kms, log }: Pick<FamilySources, 'kms' | 'log'>,
  during: (attempt: () => Promise<void>) => Promise<void> = async (attempt) => attempt(),
): Promise<'done' | 'refused'> {
  try {
    await during(async () => performRepair(repair, kms));
    return 'done';
  } catch (error) {
    if (!Failure.named(error, ErrorName.ACCESS_DENIED)) throw error;
    log.error('repair-refused', { alias, keyId: repair.keyId, repair: repair.kind, reason: error.message });
    return 'refused';
  }
}

async function performRepair(repair: FamilyRepair, kms: KeyFamilyPort): Promise<void> {
  switch (repair.kind) {
    case 'tag-as-claimed':
      return kms.tagKey(repair.keyId, { [GenerationTag.STATE]: 'claimed' });
    case 'create-alias':
      await kms.createAlias(repair.alias, repair.keyId);
  }
}
