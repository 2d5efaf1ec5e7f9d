import { ErrorName } from '../../src/contract/error-names';
import { Failure } from '../../src/contract/failure';
import { generationAlias, GenerationTag } from '../../src/contract/family/generation-tags';
import type { KeyFamilyPort } from '../ports/key-family';
import type { KeyDescription, Tags } from '../ports/keys';

/** The calls that make a key usable again. */
export type ReturningPort = Pick<KeyFamilyPort, 'describeKey' | 'listTags' | 'cancelKeyDeletion' | 'enableKey' | 'tagKey'>;

/** Tags that are no longer true if no proof about a generation holds any more. */
export const NO_CERTIFICATE: Tags = {
  [GenerationTag.CERTIFIED_SINCE]: '',
  [GenerationTag.DISABLED_SINCE]: '',
  [GenerationTag.RECOUNTED_AT]: '',
};

/** The same if records are, or may be, encrypted under it. Then the next rotation run re-encrypts and counts again. */
export const NOT_EMPTY: Tags = { [GenerationTag.EMPTIED_SINCE]: '', ...NO_CERTIFICATE };

/**
 * Cancels a deletion and enables the key of a generation, then clears the tags of its proofs.
 *
 * The order matters: as long as the tags exist, every run finds the same reason again. If it is stopped between the
 * calls, the next run completes them. It is safe at any time, because it only makes a key usable again.
 */
export async function returnToService(
  alias: string, { generation, keyId }: { readonly generation?: number; readonly keyId: string }, cleared: Tags, kms: ReturningPort,
): Promise<void> {
  const state = (await kms.describeKey(keyId))?.state;
  if (state === 'PendingDeletion') await kms.cancelKeyDeletion(keyId);
  if (state === 'PendingDeletion' || state === 'Disabled') await kms.enableKey(keyId);
  const where = generation === undefined ? keyId : generationAlias(alias, generation);
  requireEnabled(where, await kms.describeKey(keyId));
  await kms.tagKey(keyId, cleared);
  await takeReturnedKeyOver(alias, keyId, kms);
}

/**
 * Writes the owner of the current generation on a key that is no longer pending deletion. A takeover could not, because
 * KMS refuses changes of the tags of such a key.
 */
export async function takeReturnedKeyOver(
  alias: string, keyId: string, kms: Pick<KeyFamilyPort, 'describeKey' | 'listTags' | 'tagKey'>,
): Promise<void> {
  const current = await kms.describeKey(alias);
  const owner = current === undefined ? undefined : (await kms.listTags(current.keyId))[GenerationTag.OWNER];
  if (owner === undefined || (await kms.listTags(keyId))[GenerationTag.OWNER] === owner) return;
  await kms.tagKey(keyId, { [GenerationTag.OWNER]: owner });
}

function requireEnabled(where: string, key: KeyDescription | undefined): void {
  if (key?.state === 'Enabled') return;
  throw new Failure(ErrorName.KEY_NOT_READY, {
    where,
    what: 'generation is needed again, but its key cannot be enabled',
    given: key?.state ?? 'no key',
    allowed: 'Enabled',
    remedy: key?.state === 'PendingImport' ? 'import its key material again; the next run continues' : 'the next run tries again',
  });
}
