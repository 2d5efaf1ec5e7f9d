import type { KmsKey } from '../../model/keys/kms-key';
import { allowsAnybody } from '../../model/keys/policy-document';
import { malformedPolicy } from '../../protocol/errors';
import type { Call } from '../call/call';

/**
 * Refuses a key policy under which the caller could never change the policy again, unless the caller insists on it.
 *
 * Who may do what is for the authorizer to say. Without enforcement it knows no identities; then only a policy that gives the permission
 * to nobody at all is refused.
 */
export async function requireNoLockout(call: Call, key: KmsKey, policy: string, bypassed: boolean | undefined): Promise<void> {
  if (bypassed === true) return;
  const { caller, authorizer, now } = call.setting;
  const asIfPut = { ...key, policy, formerPolicies: [] };
  const denial = await authorizer.decide({ caller, action: 'kms:PutKeyPolicy', key: asIfPut, request: {}, store: call.store, now });
  if (denial === undefined && allowsAnybody(policy, 'kms:PutKeyPolicy')) return;
  throw malformedPolicy('The new key policy will not allow you to update the key policy in the future.');
}
