import type { KmsKey } from '../../model/keys/kms-key';
import { allowsAnyPrincipal } from '../../model/keys/policy-document';
import { malformedPolicy } from '../../protocol/errors';
import type { Call } from '../call/call';

/**
 * Refuses a key policy under which the caller could not change the policy again, unless the caller bypasses the check.
 *
 * The authorizer decides. Without enforcement it knows no identities; then only a policy that allows the action to no
 * principal is refused.
 */
export async function requireNoLockout(call: Call, key: KmsKey, policy: string, bypassed: boolean | undefined): Promise<void> {
  if (bypassed === true) return;
  const { caller, authorizer, now } = call.setting;
  const withNewPolicy = { ...key, policy, formerPolicies: [] };
  const denial = await authorizer.decide({ caller, action: 'kms:PutKeyPolicy', key: withNewPolicy, request: {}, store: call.store, now });
  if (denial === undefined && allowsAnyPrincipal(policy, 'kms:PutKeyPolicy')) return;
  throw malformedPolicy('The new key policy will not allow you to update the key policy in the future.');
}
