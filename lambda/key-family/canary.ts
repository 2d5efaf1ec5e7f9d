import { ErrorName } from '../../src/contract/error-names';
import { Failure } from '../../src/contract/failure';
import type { FamilyDescription } from '../../src/contract/family/family-description';
import type { KeyFamilyPort, Tags } from '../ports';

/** The encryption context of canaries: nobody else's, so that CloudTrail and grants can tell them apart. */
export function canaryContext({ alias }: FamilyDescription): Tags {
  return { 'cdk-kms-lifecycle:purpose': 'canary', 'cdk-kms-lifecycle:family': alias };
}

/** Proves that a key encrypts: by encrypting. Its state and its policy could both say yes and still be wrong. */
export async function proveFitForUse(
  description: FamilyDescription, key: { readonly keyArn: string; readonly keyId: string }, kms: KeyFamilyPort,
): Promise<void> {
  const outcome = await kms.tryEncrypt(key.keyId, canaryContext(description));
  if (outcome === 'encrypted') return;
  throw new Failure(outcome === 'access-denied' ? ErrorName.ACCESS_DENIED : ErrorName.KEY_NOT_READY, {
    where: key.keyArn,
    what: 'key cannot encrypt, so the alias must not name it',
    given: outcome,
    remedy: outcome === 'access-denied'
      ? 'allow the control role kms:Encrypt with the canary encryption context in the declared key policy'
      : 'see the state of the key with DescribeKey; import its material or enable it, then run the rotation again',
  });
}
