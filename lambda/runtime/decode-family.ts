import {
  arrayOf, literal, mapOf, nameIn, nonEmptyString, optional, plainObject, structure, text, truth, wholeNumber, type Decode,
} from './decode-value';
import {
  FAMILY_SCHEMA, type DeletionDescription, type FamilyDescription, type FamilyRoles, type GenerationMaterial,
} from '../../src/contract/family/family-description';
import type { RetirementRun } from '../../src/contract/runs/retirement-run';
import type { GenerationReference, RotationRun, ShardItem } from '../../src/contract/runs/rotation-run';
import type { StoreDescription } from '../../src/contract/stores/store-description';
import type { StorePlace } from '../../src/contract/stores/store-place';

type Secret = Extract<GenerationMaterial, { readonly kind: 'secret' }>;

/** A value that is checked and returned as it is: its hash must not depend on the check. */
const unchanged = <T>(decode: Decode<unknown>): Decode<T> => (value, where) => {
  decode(value, where);
  return value as T;
};

const secret = structure<Secret>({
  kind: nameIn<'secret'>({ secret: true }),
  secretArn: nonEmptyString,
  encoding: nameIn({ binary: true, base64: true, hex: true }),
  wrappingAlgorithm: nonEmptyString,
  wrappingKeySpec: nonEmptyString,
});

const material: Decode<GenerationMaterial> = (value, where) => {
  const { kind } = plainObject<{ kind?: unknown }>(value, where);
  const known = nameIn<GenerationMaterial['kind']>({ 'aws-kms': true, 'secret': true })(kind, `${where}.kind`);
  return known === 'secret' ? secret(value, where) : { kind: known };
};

/** What every kind of store has. The worker decodes the rest before its first call. */
const store = structure<Pick<StoreDescription, 'kind' | 'storeId' | 'shards'>>({
  kind: nonEmptyString as Decode<StoreDescription['kind']>, storeId: nonEmptyString, shards: wholeNumber,
});

/**
 * The description of a family as another version of this library, or an operator, may have written it. It enters with
 * `Custom::RotatingKey` and with every step, and nothing is called before it is complete.
 */
export const familyDescription: Decode<FamilyDescription> = unchanged(structure<FamilyDescription>({
  schema: literal(FAMILY_SCHEMA),
  alias: nonEmptyString,
  owner: nonEmptyString,
  description: text,
  policyDocument: nonEmptyString,
  roles: structure<FamilyRoles>({
    control: nonEmptyString, worker: nonEmptyString, retirement: nonEmptyString, breakGlass: optional(nonEmptyString),
  }),
  material,
  tags: mapOf(text),
  stores: arrayOf(store) as Decode<readonly StoreDescription[]>,
  releasedStores: optional(arrayOf(structure<StorePlace>({ tableArn: nonEmptyString, dataKeyAttribute: nonEmptyString }))),
  rotateEverySeconds: optional(wholeNumber),
  propagationDelaySeconds: wholeNumber,
  firstRotationWatchSeconds: wholeNumber,
  dataKeyMaxAgeSeconds: wholeNumber,
  maxPasses: wholeNumber,
  onConsumerFailure: nameIn({ 'roll-back': true, 'roll-back-if-watched': true, 'continue': true }),
  paused: truth,
  deletion: optional(structure<DeletionDescription>({
    observationDays: wholeNumber,
    soakDays: wholeNumber,
    backupRetentionDays: wholeNumber,
    pendingWindowDays: wholeNumber,
    onUse: nameIn({ 'start-over': true, 'hold': true }),
  })),
}));

/** The alias alone, for what must work with a description of every version. */
export const namedFamily: Decode<FamilyDescription> = unchanged(structure<{ readonly alias: string }>({ alias: nonEmptyString }));

const reference = structure<GenerationReference>({ generation: wholeNumber, keyArn: nonEmptyString });
const shards = arrayOf(structure<ShardItem>({ storeId: nonEmptyString, shard: wholeNumber }));

/** The members that every rotation run has. Its steps add the others. */
export const rotationRun: Decode<RotationRun> = unchanged(structure<
  Pick<RotationRun, 'run' | 'kind' | 'toGeneration' | 'from' | 'others' | 'watchSeconds' | 'nextCheckSeconds' | 'shards'>
>({
  run: nonEmptyString,
  kind: nameIn({ 'nothing-to-do': true, 'rotate': true, 'finish': true, 'roll-back': true }),
  toGeneration: wholeNumber,
  from: arrayOf(reference),
  others: arrayOf(reference),
  watchSeconds: wholeNumber,
  nextCheckSeconds: wholeNumber,
  shards,
}));

/** The members that every retirement run has. Its steps add the others. */
export const retirementRun: Decode<RetirementRun> = unchanged(structure<Pick<RetirementRun, 'run' | 'generation' | 'action' | 'shards'>>({
  run: nonEmptyString, generation: reference, action: plainObject, shards,
}));
