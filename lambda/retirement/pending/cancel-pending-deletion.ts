import { takeReturnedKeyOver } from '../../key-family/return-to-service';
import type { KeyFamilyPort } from '../../ports/key-family';
import type { Log } from '../../runtime/log';

/** Ports of a cancellation. */
export interface CancellationPorts {
  readonly kms: Pick<KeyFamilyPort, 'cancelKeyDeletion' | 'describeKey' | 'listTags' | 'tagKey'>;
  readonly log: Log;
}

/**
 * Cancels a pending deletion. The key is Disabled after that, and the next retirement run decides about it. It is safe
 * to repeat. If the second call fails, the deletion is cancelled nevertheless.
 */
export async function cancelPendingDeletion(alias: string, keyId: string, reason: string, { kms, log }: CancellationPorts): Promise<void> {
  await kms.cancelKeyDeletion(keyId);
  log.warn('deletion-cancelled', { family: alias, keyId, reason });
  await takeReturnedKeyOver(alias, keyId, kms);
}
