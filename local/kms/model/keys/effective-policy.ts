import type { KmsKey } from './kms-key';
import { seenAt } from '../time/former-values';

/** The key policy that is enforced now: during the propagation delay of a new one, the former policy. */
export function effectivePolicy(key: KmsKey, now: number): string {
  return seenAt(key.policy, key.formerPolicies ?? [], now);
}
