import type { KeyStores } from './key-store';
import type { KmsKey } from './kms-key';
import { principalsIn, withPrincipalReplaced } from './policy-document';
import type { Grant } from '../grants/grant';

/**
 * Puts the unique id of a deleted role or user in the place of its ARN, in all key policies and grants.
 *
 * AWS stores unique ids and shows ARNs. When a principal no longer exists, only its id can be shown, and nothing
 * applies to a principal of the same name that is created later.
 */
export function forgetPrincipal(stores: KeyStores, principalArn: string, uniqueId: string): void {
  const forget = (policy: string) =>
    principalsIn(policy).includes(principalArn) ? withPrincipalReplaced(policy, principalArn, uniqueId) : policy;
  for (const key of stores.all()) {
    key.policy = forget(key.policy);
    key.formerPolicies = key.formerPolicies?.map(({ value, seenUntil }) => ({ value: forget(value), seenUntil }));
    for (const grant of key.grants.values()) forgetGrantee(key, grant, principalArn, uniqueId);
  }
}

function forgetGrantee(key: KmsKey, grant: Grant, principalArn: string, uniqueId: string): void {
  const { granteePrincipal, retiringPrincipal } = grant.terms;
  if (granteePrincipal !== principalArn && retiringPrincipal !== principalArn) return;
  key.grants.set(grant.grantId, {
    ...grant,
    terms: {
      ...grant.terms,
      ...(granteePrincipal === principalArn && { granteePrincipal: uniqueId }),
      ...(retiringPrincipal === principalArn && { retiringPrincipal: uniqueId }),
    },
  });
}
