import type { ReversalPorts } from './reversal-ports';
import { ErrorName } from '../../../src/contract/error-names';
import { Failure } from '../../../src/contract/failure';
import { GenerationTag } from '../../../src/contract/family/generation-tags';
import type { KeyDescription } from '../../ports/keys';

/**
 * Describes a key of the family. Undefined if it was deleted, or if an alias of the family names a key of another
 * owner, which this role may not describe.
 *
 * Only tags that can be read, and name no generation of this family, show another owner. Retirement schedules deletions
 * of tagged keys only, and KMS refuses every change of the tags of a key that is pending deletion.
 */
export async function describeOwnKey(alias: string, keyId: string, { kms }: ReversalPorts): Promise<KeyDescription | undefined> {
  try {
    return await kms.describeKey(keyId);
  } catch (error) {
    if (!Failure.named(error, ErrorName.ACCESS_DENIED)) throw error;
    const tags = await kms.listTags(keyId);
    if (tags[GenerationTag.FAMILY] !== alias) return undefined;
    throw error;
  }
}
