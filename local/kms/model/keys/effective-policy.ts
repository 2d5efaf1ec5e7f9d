import { seenAt } from '../time/former-values';
import type { KmsKey } from './kms-key';

/** The key policy that decides at this moment: while a new one spreads, still the former one. */
export function effectivePolicy(key: KmsKey, now: number): string {
  return seenAt(key.policy, key.formerPolicies ?? [], now);
}
