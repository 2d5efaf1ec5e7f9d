import type { Call } from './call';
import type { SpecifiedSecret } from '../../crypto/secrets/specified-secret';
import type { KmsKey } from '../../model/keys/kms-key';
import { requireState, type KeyOperation } from '../../model/keys/states';
import type { EncryptionContext } from '../../protocol/encryption-context';
import { invalidKeyUsage } from '../../protocol/errors';
import { algorithmsOf, type KeyUsage } from '../../protocol/key-spec';

/** A key that the caller may use for this, and that is in a state to be used. */
export async function usableKey(
  call: Call, operation: KeyOperation, action: string, key: KmsKey, context?: EncryptionContext,
): Promise<KmsKey> {
  await call.authorize(action, key, context);
  requireState(operation, key);
  return key;
}

/** The key must be for this use, and its spec must have the algorithm. */
export function requireUse(operation: KeyOperation, key: KmsKey, keyUsage: KeyUsage, algorithm: string): void {
  if (key.keyUsage !== keyUsage) throw invalidKeyUsage(`${key.arn} key usage is ${key.keyUsage} which is not valid for ${operation}.`);
  if (!algorithmsOf(key.keySpec, keyUsage).includes(algorithm)) {
    throw invalidKeyUsage(`Algorithm ${algorithm} is incompatible with key spec ${key.keySpec}.`);
  }
}

/** The secret of a key that is in a state to be used. */
export function secretOf({ arn, keySpec, materials }: KmsKey): SpecifiedSecret {
  const secret = materials.current?.secret;
  if (secret === undefined) throw new Error(`${arn} is usable but has no current key material`);
  return { keySpec, secret };
}
