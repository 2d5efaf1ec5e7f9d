import { ErrorName } from '../../src/contract/error-names';
import type { FamilyDescription } from '../../src/contract/family-description';
import { GENERATION_TAG_SCHEMA, generationAlias, GenerationTag } from '../../src/contract/generation-tags';
import type { Clock, KeyFamilyPort, Tags } from '../ports';
import { Failure } from '../runtime/failure';

/** What an existing key brings along when it becomes generation 0. */
export interface ExistingKey {
  readonly keyArn: string;
  /** The version of the secret whose bytes it holds, if it was imported from one. */
  readonly materialVersion?: string;
}

/**
 * Makes a key that people already have generation 0 of a family, to be replaced by the first rotation.
 *
 * The alias stays where it is: on that key. Adopting it again changes nothing.
 */
export async function adoptExistingKey(family: FamilyDescription, existing: ExistingKey, kms: KeyFamilyPort, clock: Clock): Promise<void> {
  const key = await kms.describeKey(existing.keyArn);
  const named = await kms.describeKey(family.alias);
  if (key === undefined || named?.keyId !== key.keyId) {
    throw new Failure(ErrorName.FAMILY_CONTRADICTION, {
      where: family.alias,
      what: 'alias does not name the key that is to be adopted',
      given: named?.keyArn ?? 'no such alias',
      allowed: existing.keyArn,
      remedy: 'let the alias name the key first; adopting never moves an alias',
    });
  }
  const tags = await kms.listTags(key.keyId);
  refuseOtherOwners(family, key.keyArn, tags);

  const alias = generationAlias(family.alias, 0);
  if (await kms.createAlias(alias, key.keyId) === 'taken') {
    const holder = await kms.describeKey(alias);
    if (holder?.keyId !== key.keyId) {
      throw new Failure(ErrorName.FAMILY_CONTRADICTION, {
        where: alias,
        what: 'alias of generation 0 belongs to another key',
        given: holder?.keyArn,
        remedy: 'this family has a generation 0 already; adopt into another family',
      });
    }
  }
  if (tags[GenerationTag.STATE] === 'claimed') return;
  await kms.tagKey(key.keyId, {
    ...family.tags,
    [GenerationTag.SCHEMA]: GENERATION_TAG_SCHEMA,
    [GenerationTag.FAMILY]: family.alias,
    [GenerationTag.OWNER]: family.owner,
    [GenerationTag.GENERATION]: '0',
    [GenerationTag.STATE]: 'claimed',
    [GenerationTag.PHASE]: 'current',
    [GenerationTag.POLICY_REVISION]: family.policyRevision,
    [GenerationTag.CREATED_AT]: key.createdAt.toISOString(),
    [GenerationTag.CURRENT_SINCE]: clock.now().toISOString(),
    ...(existing.materialVersion === undefined ? {} : { [GenerationTag.MATERIAL_VERSION]: existing.materialVersion }),
  });
}

function refuseOtherOwners(family: FamilyDescription, keyArn: string, tags: Tags): void {
  const owner = tags[GenerationTag.OWNER];
  if (owner === undefined || owner === family.owner) return;
  throw new Failure(ErrorName.FAMILY_CONTRADICTION, {
    where: keyArn,
    what: `key is owned by another family (tag ${GenerationTag.OWNER})`,
    given: owner,
    allowed: family.owner,
    remedy: 'delete that family first, or adopt another key',
  });
}
