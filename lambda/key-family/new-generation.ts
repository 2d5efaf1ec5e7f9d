import type { FamilyDescription } from '../../src/contract/family/family-description';
import { GENERATION_TAG_SCHEMA, generationAlias, GenerationTag } from '../../src/contract/family/generation-tags';
import type { KeyFamilyPort, NewKey } from '../ports/key-family';
import type { Tags } from '../ports/keys';
import { generationPolicy } from './policy/generation-policy';
import { policyRevision } from './policy/policy-revision';
import { materialOrigin } from './proof/material-origin';

/** Number of a generation to create, and the run that creates it. */
export interface GenerationToCreate {
  readonly generation: number;
  readonly run: string;
}

/** The key of a new generation: users can use it by its key id, and it is unclaimed until it has its alias. */
export function newKey(description: FamilyDescription, toCreate: GenerationToCreate, now: Date): NewKey {
  return {
    origin: materialOrigin(description),
    description: description.description,
    policy: generationPolicy(description, 'next'),
    tags: initialTags(description, toCreate, now),
  };
}

/** Claims a number by creating `alias/orders/gN`, which is atomic. `taken`: another run has claimed the number. */
export async function claimNumber(
  { alias }: FamilyDescription, { generation, run }: GenerationToCreate, keyId: string, kms: KeyFamilyPort,
): Promise<'claimed' | 'taken'> {
  const claim = generationAlias(alias, generation);
  if (await kms.createAlias(claim, keyId) === 'taken' && (await kms.describeKey(claim))?.keyId !== keyId) return 'taken';
  await kms.tagKey(keyId, { [GenerationTag.STATE]: 'claimed', [GenerationTag.RUN]: run });
  return 'claimed';
}

function initialTags(description: FamilyDescription, { generation, run }: GenerationToCreate, now: Date): Tags {
  return {
    ...description.tags,
    [GenerationTag.SCHEMA]: GENERATION_TAG_SCHEMA,
    [GenerationTag.FAMILY]: description.alias,
    [GenerationTag.OWNER]: description.owner,
    [GenerationTag.ORIGIN]: 'created',
    [GenerationTag.GENERATION]: String(generation),
    [GenerationTag.STATE]: 'unclaimed',
    [GenerationTag.PHASE]: 'next',
    [GenerationTag.RUN]: run,
    [GenerationTag.POLICY_REVISION]: policyRevision(description),
    [GenerationTag.CREATED_AT]: now.toISOString(),
  };
}
