import type { Call } from './call';
import type { SpecifiedSecret } from '../../crypto/secrets/specified-secret';
import type { KmsKey } from '../../model/keys/kms-key';
import { requireState, type KeyOperation } from '../../model/keys/states';
import type { EncryptionContext } from '../../protocol/encryption-context';
import { invalidKeyUsage } from '../../protocol/errors';
import { algorithmsOf, type KeyUsage } from '../../protocol/key-spec';

/** The key, if the caller may use it for this operation and its state allows it. */
export async function usableKey(
  call: Call, operation: KeyOperation, action: string, key: KmsKey, context?: EncryptionContext,
): Promise<KmsKey> {
  await call.authorize(action, key, context);
  requireState(operation, key);
  return key;
}

/** Checks that the key has this usage and that its spec has the algorithm. */
export function requireUse(operation: KeyOperation, key: KmsKey, keyUsage: KeyUsage, algorithm: string): void {
  if (key.keyUsage !== keyUsage) throw invalidKeyUsage(`${key.arn} key usage is ${key.keyUsage} which is not valid for ${operation}.`);
  if (!algorithmsOf(key.keySpec, keyUsage).includes(algorithm)) {
    throw invalidKeyUsage(`Algorithm ${algorithm} is incompatible with key spec ${key.keySpec}.`);
  }
}

/** The secret of a key whose state allows its use. */
export function secretOf({ arn, keySpec, materials }: KmsKey): SpecifiedSecret {
  const secret = materials.current?.secret;
  if (secret === undefined) throw new Error(`${arn} is usable but has no current key material`);
  return { keySpec, secret };
}
