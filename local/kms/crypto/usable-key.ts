import { ciphertextOfUnknownKey, incorrectKey, invalidCiphertext, invalidKeyUsage } from '../errors';
import type { EncryptionContext } from './encryption-context';
import { open, readCiphertext, seal } from './symmetric-ciphertext';
import type { KmsKey } from '../keys/kms-key';
import { requireState, type KeyOperation } from '../keys/states';
import type { Call } from '../operations/call';

/** A key that the caller may use for this, and that is in a state to be used. */
export async function usableKey(
  call: Call, operation: KeyOperation, action: string, key: KmsKey, context: EncryptionContext | undefined,
): Promise<KmsKey> {
  await call.authorize(action, key, context);
  requireState(operation, key);
  return key;
}

export interface Sealed {
  readonly blob: Buffer;
  readonly materialId: string;
}

/** Encrypts under the key's current material. */
export function encryptUnder(key: KmsKey, plaintext: Uint8Array, context: EncryptionContext | undefined): Sealed {
  const { current } = key.materials;
  if (current?.secret === undefined) throw new Error(`${key.arn} is usable but has no current key material`);
  return { blob: seal(key.keyId, { ...current, secret: current.secret }, plaintext, context), materialId: current.id };
}

export interface Opened {
  readonly key: KmsKey;
  readonly plaintext: Buffer;
  readonly materialId: string;
}

/**
 * Decrypts a blob with the key it names. A key named beside it must be the same one.
 *
 * The order of checks is KMS's: the blob's form, the key, permission, state, whether it is the right key, and last the contents.
 */
export async function decryptBlob(
  call: Call, operation: KeyOperation, action: string, blob: Buffer, keyName: string | undefined, context: EncryptionContext | undefined,
): Promise<Opened> {
  const ciphertext = readCiphertext(blob);
  const found = keyName === undefined ? keyOfCiphertext(call, ciphertext.keyId) : call.keyByAnyName(keyName);
  const key = await usableKey(call, operation, action, found, context);
  if (key.keyId !== ciphertext.keyId) throw incorrectKey();
  const material = key.materials.find(ciphertext.materialId);
  if (material?.secret === undefined) throw invalidCiphertext();
  return { key, materialId: material.id, plaintext: open(ciphertext, { ...material, secret: material.secret }, context) };
}

/** Keys of this KMS are symmetric so far, and work with one algorithm. */
export function requireSymmetricAlgorithm(algorithm: string | undefined): void {
  if (algorithm === undefined || algorithm === 'SYMMETRIC_DEFAULT') return;
  throw invalidKeyUsage(`Algorithm ${algorithm} is incompatible with key spec SYMMETRIC_DEFAULT.`);
}

function keyOfCiphertext(call: Call, keyId: string): KmsKey {
  const key = call.keyOfCiphertext(keyId);
  if (key === undefined) throw ciphertextOfUnknownKey();
  return key;
}
