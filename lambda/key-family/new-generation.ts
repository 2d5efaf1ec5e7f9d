import type { FamilyDescription } from '../../src/contract/family/family-description';
import { GENERATION_TAG_SCHEMA, generationAlias, GenerationTag } from '../../src/contract/family/generation-tags';
import type { KeyDescription, KeyFamilyPort, NewKey, Tags } from '../ports';
import { generationPolicy } from './policy/generation-policy';
import { policyRevision } from './policy/policy-revision';

/** A generation that is to be made, and who makes it. */
export interface GenerationToMake {
  readonly generation: number;
  readonly run: string;
}

/** The key of a generation as it is born: for everybody to use by its id, and unclaimed until it has its alias. */
export function newKey(description: FamilyDescription, making: GenerationToMake, now: Date): NewKey {
  return {
    origin: materialOrigin(description),
    description: description.description,
    policy: generationPolicy(description, 'next'),
    tags: birthTags(description, making, now),
  };
}

/** Where the material of new generations comes from, in the words of KMS. */
export function materialOrigin({ material }: FamilyDescription): NewKey['origin'] & KeyDescription['origin'] {
  return material.kind === 'secret' ? 'EXTERNAL' : 'AWS_KMS';
}

/** Creating `alias/orders/gN` is atomic: whoever succeeds has won the number. `taken`: somebody else has. */
export async function claimNumber(
  { alias }: FamilyDescription, { generation, run }: GenerationToMake, keyId: string, kms: KeyFamilyPort,
): Promise<'claimed' | 'taken'> {
  const claim = generationAlias(alias, generation);
  if (await kms.createAlias(claim, keyId) === 'taken' && (await kms.describeKey(claim))?.keyId !== keyId) return 'taken';
  await kms.tagKey(keyId, { [GenerationTag.STATE]: 'claimed', [GenerationTag.RUN]: run });
  return 'claimed';
}

function birthTags(description: FamilyDescription, { generation, run }: GenerationToMake, now: Date): Tags {
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
