import type { KeyObject } from 'node:crypto';
import { invalidKeyUsage } from '../../protocol/errors';
import type { EncryptionContext } from '../../protocol/encryption-context';
import { algorithmsOf, type KeySpec, type KeyUsage } from '../../protocol/key-spec';
import type { KmsKey } from '../../model/keys/kms-key';
import { requireState, type KeyOperation } from '../../model/keys/states';
import type { Call } from './call';

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

/** What the algorithms work with: a secret, and of which spec it is. The private key of a pair, a seed, or the bytes of a secret key. */
export interface SpecifiedSecret {
  readonly keySpec: KeySpec;
  readonly secret: KeyObject;
}

/** The secret of a key that is in a state to be used. */
export function secretOf({ arn, keySpec, materials }: KmsKey): SpecifiedSecret {
  const secret = materials.current?.secret;
  if (secret === undefined) throw new Error(`${arn} is usable but has no current key material`);
  return { keySpec, secret };
}

/** Lends the bytes of a secret key for the time of one calculation, and wipes them. */
export function withBytesOf<T>(secret: KeyObject, calculate: (bytes: Buffer) => T): T {
  const bytes = secret.export();
  try {
    return calculate(bytes);
  } finally {
    bytes.fill(0);
  }
}
