import { ErrorName } from '../../src/contract/error-names';
import { Failure } from '../../src/contract/failure';
import type { FamilyDescription } from '../../src/contract/family/family-description';
import type { KeyFamilyPort } from '../ports/key-family';
import type { Tags } from '../ports/keys';

/** Encryption context of canaries. No other call uses it, so CloudTrail and grants can distinguish canaries. */
export function canaryContext({ alias }: FamilyDescription): Tags {
  return { 'cdk-kms-lifecycle:purpose': 'canary', 'cdk-kms-lifecycle:family': alias };
}

/** Proves with an Encrypt call that a key is usable, because a key with the right state and policy can still fail. */
export async function proveUsable(
  description: FamilyDescription, key: { readonly keyArn: string; readonly keyId: string }, kms: KeyFamilyPort,
): Promise<void> {
  const outcome = await kms.tryEncrypt(key.keyId, canaryContext(description));
  if (outcome === 'encrypted') return;
  throw new Failure(outcome === 'access-denied' ? ErrorName.ACCESS_DENIED : ErrorName.KEY_NOT_READY, {
    where: key.keyArn,
    what: 'key cannot encrypt, so the alias must not name it',
    given: outcome,
    remedy: outcome === 'access-denied'
      ? 'in the declared key policy, allow the control role kms:Encrypt with the encryption context of the canary'
      : 'read the state of the key with DescribeKey; import its key material or enable it, then run the rotation again',
  });
}
