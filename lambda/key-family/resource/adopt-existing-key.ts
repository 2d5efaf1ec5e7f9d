import { ErrorName } from '../../../src/contract/error-names';
import { Failure } from '../../../src/contract/failure';
import type { FamilyDescription } from '../../../src/contract/family/family-description';
import { GENERATION_TAG_SCHEMA, generationAlias, GenerationTag } from '../../../src/contract/family/generation-tags';
import type { Clock } from '../../ports/clock';
import type { KeyFamilyPort } from '../../ports/key-family';
import type { KeyDescription, Tags } from '../../ports/keys';
import { generationPolicy } from '../policy/generation-policy';
import { policyRevision } from '../policy/policy-revision';
import { retryWhilePropagating } from '../retry-while-propagating';
import { tagValue } from '../tag-value';

/** An existing key to adopt as generation 0. */
export interface ExistingKey {
  readonly keyArn: string;
  /** The version of the secret from which its key material was imported, if it was. */
  readonly materialVersion?: string;
}

/**
 * Adopts an existing key as generation 0 of a family. The first rotation replaces it.
 *
 * The alias must already name that key, and is not moved. From then on the key has the family's key policy. It is safe
 * to repeat.
 */
export async function adoptExistingKey(family: FamilyDescription, existing: ExistingKey, kms: KeyFamilyPort, clock: Clock): Promise<void> {
  const key = await kms.describeKey(existing.keyArn);
  const named = await kms.describeKey(family.alias);
  if (key === undefined || named?.keyId !== key.keyId) {
    throw contradiction(
      family.alias, 'alias does not name the key to adopt', named?.keyArn ?? 'no such alias', existing.keyArn,
      'move or create the alias so that it names the key; an adoption moves no alias',
    );
  }
  refuseOtherKinds(key);
  const tags = await kms.listTags(key.keyId);
  refuseOtherFamilies(family, key, tags);

  await claimZero(family, key, kms);
  if (tags[GenerationTag.STATE] !== 'claimed') await kms.tagKey(key.keyId, adoptionTags(family, key, existing, clock.now()));
  const revision = policyRevision(family);
  if (tags[GenerationTag.POLICY_REVISION] === revision) return;
  // After the tags, because the policy allows only the family's own roles to change them.
  await retryWhilePropagating(key.keyArn, clock, async () => kms.putKeyPolicy(key.keyId, generationPolicy(family, 'current')));
  await kms.tagKey(key.keyId, { [GenerationTag.POLICY_REVISION]: revision });
}

async function claimZero(family: FamilyDescription, key: KeyDescription, kms: KeyFamilyPort): Promise<void> {
  const alias = generationAlias(family.alias, 0);
  if (await kms.createAlias(alias, key.keyId) === 'created') return;
  const holder = await kms.describeKey(alias);
  if (holder?.keyId === key.keyId) return;
  throw contradiction(
    alias, 'alias of generation 0 belongs to another key', holder?.keyArn ?? 'a deleted key', key.keyArn,
    'this family already has a generation 0; adopt the key into another family',
  );
}

function adoptionTags(family: FamilyDescription, key: KeyDescription, { materialVersion }: ExistingKey, now: Date): Tags {
  return {
    ...family.tags,
    [GenerationTag.SCHEMA]: GENERATION_TAG_SCHEMA,
    [GenerationTag.FAMILY]: family.alias,
    [GenerationTag.OWNER]: family.owner,
    [GenerationTag.ORIGIN]: 'adopted',
    [GenerationTag.GENERATION]: '0',
    [GenerationTag.STATE]: 'claimed',
    [GenerationTag.PHASE]: 'current',
    [GenerationTag.CREATED_AT]: key.createdAt.toISOString(),
    [GenerationTag.CURRENT_SINCE]: now.toISOString(),
    ...(materialVersion === undefined ? {} : { [GenerationTag.MATERIAL_VERSION]: materialVersion }),
  };
}

function refuseOtherKinds({ keyArn, keyId, keySpec, state }: KeyDescription): void {
  const refuse = (what: string, given: string, allowed: string, remedy: string) =>
    new Failure(ErrorName.INVALID_REQUEST, { where: keyArn, what, given, allowed, remedy });
  if (keySpec !== 'SYMMETRIC_DEFAULT') {
    throw refuse('key cannot be rotated by re-encryption', keySpec, 'SYMMETRIC_DEFAULT', 'declare this key with CustomerManagedKey');
  }
  if (keyId.startsWith('mrk-')) {
    throw refuse('multi-Region key cannot become a generation', keyId, 'a single-Region key', 'create a new key, and re-encrypt to it');
  }
  if (state !== 'Enabled') throw refuse('key is not usable', state, 'Enabled', 'enable it, then deploy again');
}

function refuseOtherFamilies(family: FamilyDescription, { keyArn }: KeyDescription, tags: Tags): void {
  for (const [tag, own] of [[GenerationTag.OWNER, family.owner], [GenerationTag.FAMILY, family.alias]] as const) {
    const given = tagValue(tags, tag);
    if (given === undefined || given === own) continue;
    throw contradiction(
      keyArn, `key is a generation of another family (tag ${tag})`, given, own,
      'delete that family and set this tag to an empty value, or adopt another key',
    );
  }
}

function contradiction(where: string, what: string, given: string, allowed: string, remedy: string): Failure {
  return new Failure(ErrorName.FAMILY_CONTRADICTION, { where, what, given, allowed, remedy });
}
