import {
  isLive, type FamilyRegister, type FamilyWithOrphans, type Generation, type OrphanedKey, type UnclaimedKey, type UnreadableGeneration,
} from './family';
import { adoptionRemedy } from './ownership';
import { readConsumerWatch, readRolledBack } from './rolled-back';
import { tagValue } from './tag-value';
import { ErrorName } from '../../src/contract/error-names';
import { Failure } from '../../src/contract/failure';
import {
  GENERATION_PHASES, GENERATION_TAG_SCHEMA, generationAlias, generationOfAlias, GenerationTag, type GenerationPhase,
} from '../../src/contract/family/generation-tags';
import type { KeyDescription, Tags } from '../ports/keys';

/** A key that has the family's tag, or is named by one of its aliases. */
export interface FoundKey {
  readonly key: KeyDescription;
  readonly tags: Tags;
  /** Its aliases within the family: `alias/orders` and `alias/orders/g<number>`. */
  readonly aliases: readonly string[];
}

/** A key under an alias of the family that this role may not read. */
export interface UnreadableKey {
  readonly keyId: string;
  readonly aliases: readonly string[];
  /** The number according to the tags of a claimed key without an alias, such as one that is pending deletion. */
  readonly taggedAs?: number;
  /** The owner according to its tags, if those can be read. */
  readonly owner?: string;
}

/** The missing half of a write of a stopped run. It can be written without a decision by an operator. */
export type FamilyRepair =
  /** The alias was created, and the tag was not written. */
  | { readonly kind: 'tag-as-claimed'; readonly keyId: string }
  /** The tag says claimed, and the alias does not exist. */
  | { readonly kind: 'create-alias'; readonly keyId: string; readonly alias: string };

export interface InterpretedFamily {
  readonly register: FamilyRegister;
  readonly repairs: readonly FamilyRepair[];
}

/**
 * Builds the register of a family from the keys that were found.
 *
 * Aliases and tags record the same facts twice. If one is missing, it is repaired from the other. If they contradict
 * each other, or an alias of the family names a key that is not of the family, it throws and nothing is changed.
 *
 * A key that is pending deletion is not repaired: KMS refuses tags and aliases for it. A key that cannot be read counts
 * as a number that is taken.
 */
export function interpretFamily(alias: string, keys: readonly FoundKey[], unreadable: readonly UnreadableKey[] = []): InterpretedFamily {
  const generations: Generation[] = [];
  const unclaimed: UnclaimedKey[] = [];
  const orphans: OrphanedKey[] = [];
  const repairs: FamilyRepair[] = [];
  let current: Generation | undefined;

  for (const found of keys) {
    refuseForeignKey(alias, found);
    const { key, tags, aliases } = found;
    const number = numberOf(alias, found);
    const hasAlias = aliases.includes(generationAlias(alias, number));
    const claimed = tags[GenerationTag.STATE] === 'claimed';
    const live = isLive({ keyState: key.state });
    if (!hasAlias && !claimed) {
      const orphan = toOrphan(found, number);
      if (live && orphan !== undefined) orphans.push(orphan);
      if (live && orphan === undefined) unclaimed.push(toUnclaimed(found, number));
      continue;
    }
    if (live && !claimed) repairs.push({ kind: 'tag-as-claimed', keyId: key.keyId });
    if (live && !hasAlias) repairs.push({ kind: 'create-alias', keyId: key.keyId, alias: generationAlias(alias, number) });
    const generation = toGeneration(found, number);
    generations.push(generation);
    if (aliases.includes(alias)) current = generation;
  }

  refuseDuplicateNumbers(alias, generations);
  generations.sort((one, other) => one.generation - other.generation);
  unclaimed.sort((one, other) => one.createdAt.getTime() - other.createdAt.getTime() || (one.keyId < other.keyId ? -1 : 1));
  const taken = unreadable.flatMap(({ aliases, taggedAs, keyId, owner }): UnreadableGeneration[] => [
    ...takenNumbers(alias, aliases).map((generation) => ({ generation, keyId, owner })),
    ...(taggedAs === undefined ? [] : [{ generation: taggedAs, keyId, owner, byTagOnly: true as const }]),
  ]);
  const hidden = unreadable.find(({ aliases }) => aliases.includes(alias));
  return {
    register: {
      alias,
      ...(current === undefined ? {} : { current }),
      generations,
      unclaimed,
      orphans,
      ...(taken.length === 0 ? {} : { unreadable: taken }),
      ...(hidden === undefined ? {} : { hidden }),
    },
    repairs,
  };
}

function takenNumbers(alias: string, aliases: readonly string[]): number[] {
  return aliases.flatMap((name) => generationOfAlias(alias, name) ?? []);
}

/** Returns a complete family: its alias names one of its generations. */
export function completeFamily({ alias, current, hidden, ...others }: FamilyRegister): FamilyWithOrphans {
  if (current !== undefined) return { alias, current, ...others };
  if (hidden !== undefined) throw unreadableCurrent(alias, hidden);
  throw contradiction(
    alias, 'alias names no generation of this family', 'none',
    'find the principal that deleted it (CloudTrail: DeleteAlias), and create it again on the generation that was current',
  );
}

/** The key policies name the roles of another owner, or of a deployment of the same owner that AWS deleted. */
function unreadableCurrent(alias: string, { keyId, owner }: { readonly keyId: string; readonly owner?: string }): Failure {
  return new Failure(ErrorName.ACCESS_DENIED, {
    where: alias,
    what: 'alias names a key that this role may not read',
    given: owner === undefined ? `${keyId}, of an unknown owner` : `${keyId}, a generation of ${owner}`,
    allowed: 'a generation of the owner that reads it',
    remedy: owner === undefined
      ? 'find the owner of the key; if it is none, choose another alias'
      : `let ${owner} manage the family, or remove it from that stack and ${adoptionRemedy(owner)}`,
  });
}

function refuseForeignKey(alias: string, { key, tags, aliases }: FoundKey): void {
  if (tags[GenerationTag.FAMILY] === alias) {
    const schema = tags[GenerationTag.SCHEMA];
    if (schema !== GENERATION_TAG_SCHEMA) {
      throw contradiction(
        key.keyArn, `tag ${GenerationTag.SCHEMA} is of another version of this library`, String(schema),
        `use the version that wrote it; this one reads ${GENERATION_TAG_SCHEMA}`,
      );
    }
    return;
  }
  throw contradiction(
    aliases[0] ?? alias, 'alias belongs to a key that is not a generation of this family', key.keyArn,
    'choose another alias, or adopt the key as generation 0 with startFrom',
  );
}

function numberOf(alias: string, { key, tags, aliases }: FoundKey): number {
  const tag = tags[GenerationTag.GENERATION] ?? '';
  const number = generationOfAlias(alias, `${alias}/g${tag}`);
  if (number === undefined) {
    throw contradiction(
      key.keyArn, `tag ${GenerationTag.GENERATION} is not a number`, tag === '' ? 'nothing' : tag, 'restore the tag from the key\'s alias',
    );
  }
  const other = aliases.find((candidate) => candidate !== alias && candidate !== generationAlias(alias, number));
  if (other !== undefined) {
    throw contradiction(
      key.keyArn, `tag ${GenerationTag.GENERATION} is ${number}, but the key also has another alias of the family`, other,
      `delete the wrong alias; the one that matches the tag is ${generationAlias(alias, number)}`,
    );
  }
  return number;
}

function refuseDuplicateNumbers(alias: string, generations: readonly Generation[]): void {
  const seen = new Map<number, Generation>();
  for (const generation of generations) {
    const duplicate = seen.get(generation.generation);
    if (duplicate !== undefined) {
      throw contradiction(
        generationAlias(alias, generation.generation), 'two keys have the number of this generation',
        `${duplicate.keyArn} and ${generation.keyArn}`,
        'find the key that the alias has always named (CloudTrail: CreateAlias), and remove our tags from the other',
      );
    }
    seen.set(generation.generation, generation);
  }
}

function toGeneration({ key, tags }: FoundKey, generation: number): Generation {
  const value = (tag: GenerationTag) => tagValue(tags, tag);
  return {
    generation,
    keyId: key.keyId,
    keyArn: key.keyArn,
    keyState: key.state,
    origin: key.origin,
    phase: phaseOf(key, tags),
    run: value(GenerationTag.RUN),
    policyRevision: value(GenerationTag.POLICY_REVISION),
    materialVersion: value(GenerationTag.MATERIAL_VERSION),
    createdAt: key.createdAt,
    currentSince: value(GenerationTag.CURRENT_SINCE),
    fencedSince: value(GenerationTag.FENCED_SINCE),
    emptiedSince: value(GenerationTag.EMPTIED_SINCE),
    certifiedSince: value(GenerationTag.CERTIFIED_SINCE),
    disabledSince: value(GenerationTag.DISABLED_SINCE),
    recountedAt: value(GenerationTag.RECOUNTED_AT),
    rolledBack: readRolledBack(value(GenerationTag.ROLLED_BACK)),
    consumerWatch: readConsumerWatch(value(GenerationTag.CONSUMER_WATCH)),
    highestGeneration: highestNumberOf(key, tags),
    owner: value(GenerationTag.OWNER),
    tags,
  };
}

/** A tag that cannot be read must not count as absent: a number would be used twice. */
function highestNumberOf(key: KeyDescription, tags: Tags): number | undefined {
  const value = tagValue(tags, GenerationTag.HIGHEST_GENERATION);
  if (value === undefined || /^[1-9][0-9]*$/.test(value)) return value === undefined ? undefined : Number(value);
  throw contradiction(
    key.keyArn, `tag ${GenerationTag.HIGHEST_GENERATION} is not a number`, value,
    'set it to the highest number in a certificate of this family',
  );
}

function phaseOf(key: KeyDescription, tags: Tags): GenerationPhase {
  const value = tags[GenerationTag.PHASE];
  const phase = GENERATION_PHASES.find((candidate) => candidate === value);
  if (phase !== undefined) return phase;
  throw contradiction(
    key.keyArn, `tag ${GenerationTag.PHASE} is unknown`, String(value),
    `set it to the phase of its key policy: ${GENERATION_PHASES.join(', ')}`,
  );
}

function toUnclaimed({ key, tags }: FoundKey, generation: number): UnclaimedKey {
  return {
    keyId: key.keyId,
    keyArn: key.keyArn,
    generation,
    run: tagValue(tags, GenerationTag.RUN) ?? '',
    createdAt: key.createdAt,
    owner: tagValue(tags, GenerationTag.OWNER),
  };
}

/** `undefined` for a key that no reconcile run has marked as an orphan. */
function toOrphan(found: FoundKey, generation: number): OrphanedKey | undefined {
  const orphanedSince = tagValue(found.tags, GenerationTag.DISABLED_SINCE);
  return orphanedSince === undefined ? undefined : { ...toUnclaimed(found, generation), keyState: found.key.state, orphanedSince };
}

function contradiction(where: string, what: string, given: string, remedy: string): Failure {
  return new Failure(ErrorName.FAMILY_CONTRADICTION, { where, what, given, remedy });
}
