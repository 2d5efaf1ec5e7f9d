import {
  CreateAliasCommand, CreateKeyCommand, EncryptCommand, PutKeyPolicyCommand, TagResourceCommand, type KMSClient, type Tag,
} from '@aws-sdk/client-kms';
import { generationPolicy } from '../../../lambda/key-family/policy/generation-policy';
import type { FamilyDescription } from '../../../src/contract/family/family-description';
import { generationAlias, GenerationTag, GENERATION_TAG_SCHEMA, type GenerationPhase } from '../../../src/contract/family/generation-tags';

/** A key policy that allows the account everything. */
export const POLICY = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Sid: 'Account', Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::111122223333:root' }, Action: 'kms:*', Resource: '*' }],
});

/** Creates a generation with the policy, tags and alias that a rotation writes, uses it once, and returns its ARN. */
export async function createGeneration(
  kms: KMSClient, description: FamilyDescription, number: number, phase: GenerationPhase, tags: { [tag: string]: string },
): Promise<string> {
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({ Policy: POLICY }));
  const keyArn = KeyMetadata?.Arn as string;
  await kms.send(new EncryptCommand({ KeyId: keyArn, Plaintext: Buffer.from('a data key') }));
  await kms.send(new PutKeyPolicyCommand({ KeyId: keyArn, Policy: generationPolicy(description, phase) }));
  const own = {
    [GenerationTag.SCHEMA]: GENERATION_TAG_SCHEMA,
    [GenerationTag.FAMILY]: description.alias,
    [GenerationTag.OWNER]: description.owner,
    [GenerationTag.GENERATION]: String(number),
    [GenerationTag.STATE]: 'claimed',
    [GenerationTag.PHASE]: phase,
    ...tags,
  };
  await kms.send(new TagResourceCommand({ KeyId: keyArn, Tags: tagList(own) }));
  await kms.send(new CreateAliasCommand({ AliasName: generationAlias(description.alias, number), TargetKeyId: keyIdOf(keyArn) }));
  return keyArn;
}

export function tagList(tags: { [tag: string]: string }): Tag[] {
  return Object.entries(tags).map(([TagKey, TagValue]) => ({ TagKey, TagValue }));
}

export function keyIdOf(keyArn: string): string {
  return keyArn.split('/')[1] as string;
}
