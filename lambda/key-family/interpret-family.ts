import { ErrorName } from '../../src/contract/error-names';
import {
  GENERATION_TAG_SCHEMA, generationAlias, generationOfAlias, GenerationTag, type GenerationPhase,
} from '../../src/contract/generation-tags';
import type { KeyDescription, Tags } from '../ports';
import type { Family, Generation, UnclaimedKey } from './family';
import { Failure } from '../runtime/failure';

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
  readonly family: Family;
  readonly repairs: readonly FamilyRepair[];
}

/**
 * Makes a family of what was seen. Alias and tags say the same twice: where one is missing it is repaired from
 * the other; where they contradict each other, or a stranger stands under the family's alias, nothing is touched.
 */
export function interpretFamily(alias: string, sightings: readonly KeySighting[]): FamilyReading {
  const generations: Generation[] = [];
  const unclaimed: UnclaimedKey[] = [];
  const repairs: FamilyRepair[] = [];
  let current: Generation | undefined;

  for (const sighting of sightings) {
    refuseStrangers(alias, sighting);
    const number = numberOf(alias, sighting);
    const hasAlias = sighting.aliases.includes(generationAlias(alias, number));
    const claimed = sighting.tags[GenerationTag.STATE] === 'claimed';
    if (!hasAlias && !claimed) {
      unclaimed.push(toUnclaimed(sighting, number));
      continue;
    }
    if (!claimed) repairs.push({ kind: 'tag-as-claimed', keyId: sighting.key.keyId });
    if (!hasAlias) repairs.push({ kind: 'create-alias', keyId: sighting.key.keyId, alias: generationAlias(alias, number) });
    const generation = toGeneration(sighting, number);
    generations.push(generation);
    if (sighting.aliases.includes(alias)) current = generation;
  }

  refuseTwins(alias, generations);
  if (current === undefined) throw contradiction(alias, 'alias names no generation of this family', 'none', 'create the alias, or deploy the stack that declares it');
  generations.sort((one, other) => one.generation - other.generation);
  unclaimed.sort((one, other) => one.createdAt.getTime() - other.createdAt.getTime() || (one.keyId < other.keyId ? -1 : 1));
  return { family: { alias, current, generations, unclaimed }, repairs };
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
  return {
    generation,
    keyId: key.keyId,
    keyArn: key.keyArn,
    keyState: key.state,
    phase: phaseOf(key, tags),
    run: tags[GenerationTag.RUN],
    policyRevision: tags[GenerationTag.POLICY_REVISION],
    materialVersion: tags[GenerationTag.MATERIAL_VERSION],
    createdAt: key.createdAt,
    fencedSince: tags[GenerationTag.FENCED_SINCE],
    emptiedSince: tags[GenerationTag.EMPTIED_SINCE],
  };
}

function phaseOf(key: KeyDescription, tags: Tags): GenerationPhase {
  const phase = tags[GenerationTag.PHASE];
  if (phase === 'next' || phase === 'current' || phase === 'fenced') return phase;
  throw contradiction(key.keyArn, `tag ${GenerationTag.PHASE} is unknown`, String(phase), 'set it to next, current or fenced, whichever the key policy shows');
}

function toUnclaimed({ key, tags }: KeySighting, generation: number): UnclaimedKey {
  return { keyId: key.keyId, keyArn: key.keyArn, generation, run: tags[GenerationTag.RUN] ?? '', createdAt: key.createdAt };
}

function contradiction(where: string, what: string, given: string, remedy: string): Failure {
  return new Failure(ErrorName.FAMILY_CONTRADICTION, { where, what, given, remedy });
}
