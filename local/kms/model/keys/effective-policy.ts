import type { KmsKey } from './kms-key';
import { seenAt } from '../time/former-values';

/** The key policy that decides at this moment: while a new one spreads, still the former one. */
export function effectivePolicy(key: KmsKey, now: number): string {
  return seenAt(key.policy, key.formerPolicies ?? [], now);
}
