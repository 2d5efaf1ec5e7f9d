import { decryptOaep, encryptOaep, maxPlaintextBytes, type RsaEncryptionAlgorithm } from '../../crypto/encryption/rsa-encryption';
import { BlobKind, open, readCiphertext, seal } from '../../crypto/encryption/symmetric-ciphertext';
import type { KmsKey } from '../../model/keys/kms-key';
import type { KeyOperation } from '../../model/keys/states';
import type { EncryptionContext } from '../../protocol/encryption-context';
import { ciphertextOfUnknownKey, incorrectKey, invalidCiphertext, validation } from '../../protocol/errors';
import type { ENCRYPTION_ALGORITHM } from '../../protocol/members';
import type { ValueOf } from '../../protocol/shape';
import type { Call } from '../call/call';
import { required } from '../call/dry-run';
import { requireUse, secretOf, usableKey } from '../call/usable-key';

export type EncryptionAlgorithm = ValueOf<typeof ENCRYPTION_ALGORITHM>;

/** How a plaintext is encrypted. */
export interface EncryptionTerms {
  readonly algorithm: EncryptionAlgorithm;
  readonly context: EncryptionContext | undefined;
  /** Whether KMS has generated the plaintext: the blob of a data key has a mark of its own. @default false */
  readonly isDataKey?: boolean;
}

export interface Sealed {
  readonly blob: Buffer;
  /** The key material that was used; for symmetric keys only. */
  readonly materialId?: string;
}

/** Checks that this plaintext can be encrypted under the key. After it, the call may encrypt, or end a dry run. */
export function requireEncryptable(
  operation: KeyOperation, key: KmsKey, plaintext: Uint8Array, { algorithm, context }: EncryptionTerms,
): void {
  requireUse(operation, key, 'ENCRYPT_DECRYPT', algorithm);
  if (!isForRsa(algorithm)) return;
  refuseContext(context);
  const max = maxPlaintextBytes(secretOf(key).secret, algorithm);
  if (plaintext.length <= max) return;
  throw validation(`Algorithm ${algorithm} and key spec ${key.keySpec} cannot encrypt data larger than ${max} bytes.`);
}

/** Encrypts under the current key material of the key. */
export function encryptUnder(key: KmsKey, plaintext: Uint8Array, { algorithm, context, isDataKey }: EncryptionTerms): Sealed {
  if (isForRsa(algorithm)) return { blob: encryptOaep(secretOf(key).secret, algorithm, plaintext) };
  const { current } = key.materials;
  const kind = isDataKey === true ? BlobKind.GENERATE_DATA_KEY : BlobKind.ENCRYPT;
  if (current?.secret === undefined) throw new Error(`${key.arn} is usable but has no current key material`);
  return { blob: seal(key.keyId, { ...current, secret: current.secret }, plaintext, context, kind), materialId: current.id };
}

/** A blob to decrypt, with the operation and permission of the call. */
export interface Decryption extends EncryptionTerms {
  readonly operation: KeyOperation;
  /** The required permission. */
  readonly action: string;
  readonly blob: Buffer;
  readonly keyName: string | undefined;
  /** The member of the request that names the key. */
  readonly keyMember: string;
}

export interface Opened {
  readonly key: KmsKey;
  readonly plaintext: Buffer;
  readonly materialId?: string;
}

/** Decrypts a blob. A symmetric ciphertext names its key; for an RSA key the request must name it. */
export async function decryptBlob(call: Call, decryption: Decryption): Promise<Opened> {
  return isForRsa(decryption.algorithm) ? decryptWithRsa(call, decryption, decryption.algorithm) : decryptSymmetric(call, decryption);
}

/**
 * Decrypts a blob with the key that it names. If the request also names a key, it must be the same one.
 *
 * The order of checks is that of KMS: form of the blob, key, permission, key state, whether it is the right key, and
 * finally the contents. A key with another usage is never the right one, so that its usage needs no check.
 */
async function decryptSymmetric(call: Call, { operation, action, blob, keyName, context }: Decryption): Promise<Opened> {
  const ciphertext = readCiphertext(blob);
  const found = keyName === undefined ? keyOfCiphertext(call, ciphertext.keyId) : call.keyByAnyName(keyName);
  const key = await usableKey(call, operation, action, found, context);
  if (key.keyId !== ciphertext.keyId) throw incorrectKey();
  const material = key.materials.all.find(({ id }) => id.startsWith(ciphertext.materialIdPrefix));
  if (material?.secret === undefined) throw invalidCiphertext();
  return { key, materialId: material.id, plaintext: open(ciphertext, { ...material, secret: material.secret }, context) };
}

async function decryptWithRsa(
  call: Call, { operation, action, blob, keyName, keyMember, context }: Decryption, algorithm: RsaEncryptionAlgorithm,
): Promise<Opened> {
  const key = await usableKey(call, operation, action, call.keyByAnyName(required(keyName, keyMember)), context);
  requireUse(operation, key, 'ENCRYPT_DECRYPT', algorithm);
  refuseContext(context);
  return { key, plaintext: decryptOaep(secretOf(key).secret, algorithm, blob) };
}

function isForRsa(algorithm: EncryptionAlgorithm): algorithm is RsaEncryptionAlgorithm {
  return algorithm === 'RSAES_OAEP_SHA_1' || algorithm === 'RSAES_OAEP_SHA_256';
}

/**
 * Refuses an encryption context, because RSA does not authenticate additional data. AWS documents the refusal but not
 * its message: this one is that of other emulators.
 */
function refuseContext(context: EncryptionContext | undefined): void {
  if (context === undefined || Object.keys(context).length === 0) return;
  throw validation('EncryptionContext is not supported when encrypting/decrypting with asymmetric CMKs.');
}

function keyOfCiphertext(call: Call, keyId: string): KmsKey {
  const key = call.keyOfCiphertext(keyId);
  if (key === undefined) throw ciphertextOfUnknownKey();
  return key;
}
