import type { RecordedUse } from './interpret-use';
import { GenerationTag } from '../../../src/contract/family/generation-tags';
import { tagValue } from '../../key-family/tag-value';
import type { Tags } from '../../ports/keys';
import { cancelPendingDeletion } from '../pending/cancel-pending-deletion';
import { isDecisionOfOthers } from '../pending/decision-of-others';
import type { RetirementPorts } from '../retirement-ports';

interface Ports {
  readonly kms: Pick<RetirementPorts['kms'], 'describeKey' | 'listTags' | 'tagKey' | 'cancelKeyDeletion'>;
  readonly log: RetirementPorts['log'];
}

/**
 * Cancels the pending deletion of a key that a principal has called, if retirement has scheduled it. Nothing else does
 * in the last day of the pending window: KMS may delete the key before the next reconcile run.
 *
 * It is safe to repeat. The key stays Disabled, and the next retirement run decides whether it is enabled. Returns
 * whether there was such a deletion.
 */
export async function cancelUsedDeletion(alias: string, { keyId, use }: RecordedUse, { kms, log }: Ports): Promise<boolean> {
  if ((await kms.describeKey(keyId))?.state !== 'PendingDeletion') return false;
  if (!isUsedSinceScheduled(alias, await kms.listTags(keyId), use.at)) return false;
  const { operation, at, eventId } = use;
  await cancelPendingDeletion(alias, keyId, `a call of ${operation} was refused at ${at} (CloudTrail event ${eventId})`, { kms, log });
  return true;
}

/**
 * Pure: whether retirement has scheduled the deletion, and the call is not older. An older one delayed it already. The
 * times of CloudTrail are whole seconds.
 */
export function isUsedSinceScheduled(alias: string, tags: Tags, usedAt: string): boolean {
  if (isDecisionOfOthers(alias, tags)) return false;
  const secondOf = (time: string) => Math.floor(Date.parse(time) / 1000);
  return !(secondOf(usedAt) < secondOf(tagValue(tags, GenerationTag.RECOUNTED_AT) ?? ''));
}
