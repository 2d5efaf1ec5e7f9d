import { ErrorName } from '../../src/contract/error-names';
import {
  GENERATION_PHASES, GENERATION_TAG_SCHEMA, generationAlias, generationOfAlias, GenerationTag, type GenerationPhase,
} from '../../src/contract/family/generation-tags';
import type { KeyDescription, Tags } from '../ports';
import { isLive, type FamilyRegister, type Generation, type OrphanedKey, type UnclaimedKey, type WholeFamily } from './family';
import { tagValue } from './tag-value';
import { Failure } from '../../src/contract/failure';

/** A key that bears the family's tag, or stands under one of its aliases. */
export interface KeySighting {
  readonly key: KeyDescription;
  readonly tags: Tags;
  /** Those of its aliases that are the family's: `alias/orders` and all below it. */
  readonly aliases: readonly string[];
}

/** A half-finished write of an earlier run that can be completed without asking anybody. */
export type FamilyRepair =
  /** The alias was claimed; the tag did not follow. */
  | { readonly kind: 'tag-as-claimed'; readonly keyId: string }
  /** The tag says claimed; the alias has gone. */
  | { readonly kind: 'create-alias'; readonly keyId: string; readonly alias: string };

export interface FamilyReading {
  readonly register: FamilyRegister;
  readonly repairs: readonly FamilyRepair[];
}

/**
 * Makes a register of what was seen. Alias and tags say the same twice: where one is missing it is repaired from
 * the other; where they contradict each other, or a stranger stands under the family's alias, nothing is touched.
 *
 * A key that is pending deletion is what it was: KMS takes neither tag nor alias for it, so nothing is repaired there.
 */
export function interpretFamily(alias: string, sightings: readonly KeySighting[]): FamilyReading {
  const generations: Generation[] = [];
  const unclaimed: UnclaimedKey[] = [];
  const orphans: OrphanedKey[] = [];
  const repairs: FamilyRepair[] = [];
  let current: Generation | undefined;

  for (const sighting of sightings) {
    refuseStrangers(alias, sighting);
    const { key, tags, aliases } = sighting;
    const number = numberOf(alias, sighting);
    const hasAlias = aliases.includes(generationAlias(alias, number));
    const claimed = tags[GenerationTag.STATE] === 'claimed';
    const live = isLive({ keyState: key.state });
    if (!hasAlias && !claimed) {
      const orphan = toOrphan(sighting, number);
      if (live && orphan !== undefined) orphans.push(orphan);
      if (live && orphan === undefined) unclaimed.push(toUnclaimed(sighting, number));
      continue;
    }
    if (live && !claimed) repairs.push({ kind: 'tag-as-claimed', keyId: key.keyId });
    if (live && !hasAlias) repairs.push({ kind: 'create-alias', keyId: key.keyId, alias: generationAlias(alias, number) });
    const generation = toGeneration(sighting, number);
    generations.push(generation);
    if (aliases.includes(alias)) current = generation;
  }

  refuseTwins(alias, generations);
  generations.sort((one, other) => one.generation - other.generation);
  unclaimed.sort((one, other) => one.createdAt.getTime() - other.createdAt.getTime() || (one.keyId < other.keyId ? -1 : 1));
  return { register: { alias, ...(current === undefined ? {} : { current }), generations, unclaimed, orphans }, repairs };
}

/** A family that is complete: its alias names one of its generations. */
export function completeFamily({ alias, current, ...others }: FamilyRegister): WholeFamily {
  if (current !== undefined) return { alias, current, ...others };
  throw contradiction(alias, 'alias names no generation of this family', 'none', 'find out who deleted it (CloudTrail: DeleteAlias), and create it on the generation that was current');
}

function refuseStrangers(alias: string, { key, tags, aliases }: KeySighting): void {
  if (tags[GenerationTag.FAMILY] === alias) {
    const schema = tags[GenerationTag.SCHEMA];
    if (schema !== GENERATION_TAG_SCHEMA) {
      throw contradiction(
        key.keyArn, `tag ${GenerationTag.SCHEMA} is of another version of this library`, String(schema),
        `run the version that wrote it; this one reads ${GENERATION_TAG_SCHEMA}`,
      );
    }
    return;
  }
  throw contradiction(
    aliases[0] ?? alias, 'alias belongs to a key that is not a generation of this family', key.keyArn,
    'choose another alias, or adopt the key on purpose as generation 0',
  );
}

function numberOf(alias: string, { key, tags, aliases }: KeySighting): number {
  const tag = tags[GenerationTag.GENERATION] ?? '';
  const number = generationOfAlias(alias, `${alias}/g${tag}`);
  if (number === undefined) {
    throw contradiction(key.keyArn, `tag ${GenerationTag.GENERATION} is no number`, tag === '' ? 'nothing' : tag, 'restore the tag from the key\'s alias');
  }
  const other = aliases.find((candidate) => candidate !== alias && candidate !== generationAlias(alias, number));
  if (other !== undefined) {
    throw contradiction(
      key.keyArn, `tag ${GenerationTag.GENERATION} says ${number}, but the key also stands under another alias of the family`, other,
      `delete the alias that is wrong; the key is known as ${generationAlias(alias, number)}`,
    );
  }
  return number;
}

function refuseTwins(alias: string, generations: readonly Generation[]): void {
  const seen = new Map<number, Generation>();
  for (const generation of generations) {
    const twin = seen.get(generation.generation);
    if (twin !== undefined) {
      throw contradiction(
        generationAlias(alias, generation.generation), 'two keys claim to be this generation', `${twin.keyArn} and ${generation.keyArn}`,
        'find out which one the alias always named, and untag the other',
      );
    }
    seen.set(generation.generation, generation);
  }
}

function toGeneration({ key, tags }: KeySighting, generation: number): Generation {
  const say = (tag: GenerationTag) => tagValue(tags, tag);
  return {
    generation,
    keyId: key.keyId,
    keyArn: key.keyArn,
    keyState: key.state,
    phase: phaseOf(key, tags),
    run: say(GenerationTag.RUN),
    policyRevision: say(GenerationTag.POLICY_REVISION),
    materialVersion: say(GenerationTag.MATERIAL_VERSION),
    createdAt: key.createdAt,
    currentSince: say(GenerationTag.CURRENT_SINCE),
    fencedSince: say(GenerationTag.FENCED_SINCE),
    emptiedSince: say(GenerationTag.EMPTIED_SINCE),
    certifiedSince: say(GenerationTag.CERTIFIED_SINCE),
    disabledSince: say(GenerationTag.DISABLED_SINCE),
    recountedAt: say(GenerationTag.RECOUNTED_AT),
    highestGeneration: highestNumberOf(key, tags),
    owner: say(GenerationTag.OWNER),
    tags,
  };
}

/** One that cannot be read must not pass for none: a number would be given twice. */
function highestNumberOf(key: KeyDescription, tags: Tags): number | undefined {
  const said = tagValue(tags, GenerationTag.HIGHEST_GENERATION);
  if (said === undefined || /^[1-9][0-9]*$/.test(said)) return said === undefined ? undefined : Number(said);
  throw contradiction(key.keyArn, `tag ${GenerationTag.HIGHEST_GENERATION} is no number`, said, 'set it to the highest number that a certificate of this family names');
}

function phaseOf(key: KeyDescription, tags: Tags): GenerationPhase {
  const said = tags[GenerationTag.PHASE];
  const phase = GENERATION_PHASES.find((candidate) => candidate === said);
  if (phase !== undefined) return phase;
  throw contradiction(
    key.keyArn, `tag ${GenerationTag.PHASE} is unknown`, String(said), `set it to ${GENERATION_PHASES.join(', ')}, whichever the key policy shows`,
  );
}

function toUnclaimed({ key, tags }: KeySighting, generation: number): UnclaimedKey {
  return {
    keyId: key.keyId,
    keyArn: key.keyArn,
    generation,
    run: tagValue(tags, GenerationTag.RUN) ?? '',
    createdAt: key.createdAt,
    owner: tagValue(tags, GenerationTag.OWNER),
  };
}

/** `undefined` for a key that nobody has set aside. */
function toOrphan(sighting: KeySighting, generation: number): OrphanedKey | undefined {
  const setAsideSince = tagValue(sighting.tags, GenerationTag.DISABLED_SINCE);
  return setAsideSince === undefined ? undefined : { ...toUnclaimed(sighting, generation), keyState: sighting.key.state, setAsideSince };
}

function contradiction(where: string, what: string, given: string, remedy: string): Failure {
  return new Failure(ErrorName.FAMILY_CONTRADICTION, { where, what, given, remedy });
}
