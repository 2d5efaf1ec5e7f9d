import type { Tags } from '../../ports/keys';
import { cancelFrom, isFreshlyCounted } from '../decide/pending-window';
import { isDecisionOfOthers } from '../pending/decision-of-others';

/** What is known of a key that is pending deletion, without its family. */
export interface PendingKey {
  readonly now: Date;
  /** Empty if they cannot be read. KMS refuses changes of the tags of a key that is pending deletion. */
  readonly tags: Tags;
  readonly deletionDate?: Date;
  /** When the census began that found no record in the pending window. Absent if there is none that can be read. */
  readonly countedAt?: string;
  /** Whether the alias of a generation of this family names the key. False if the aliases cannot be read. */
  readonly named: boolean;
  /** Why its proof is incomplete: a store that was declared is not counted. Absent if there is no reason. */
  readonly uncounted?: string;
  /** The latest refused call since the deletion was scheduled. */
  readonly usedAt?: string;
}

/** What happens with a pending deletion. */
export type PendingDecision =
  | { readonly kind: 'continue' }
  | { readonly kind: 'cancel-deletion'; readonly reason: string };

/**
 * Pure: whether a pending deletion is cancelled now. It needs nothing but the key, and a fact that could not be read
 * counts as a fact that allows no deletion.
 */
export function decidePendingKey(
  alias: string, { now, tags, deletionDate, countedAt, named, uncounted, usedAt }: PendingKey,
): PendingDecision {
  if (isDecisionOfOthers(alias, tags)) return { kind: 'continue' };
  if (usedAt !== undefined) return cancel(`a principal called the key at ${usedAt}`);
  if (uncounted !== undefined) return cancel(uncounted);
  // No retirement run finds a generation without its alias, so nothing else decides about its deletion.
  if (!named) return cancel('the alias of its generation was deleted, names another key, or cannot be read');
  if (deletionDate === undefined) return cancel('its date is not known');
  if (isFreshlyCounted(countedAt, deletionDate) || now < cancelFrom(deletionDate)) return { kind: 'continue' };
  return cancel('no census in its pending window has found the key empty');
}

function cancel(reason: string): PendingDecision {
  return { kind: 'cancel-deletion', reason };
}
