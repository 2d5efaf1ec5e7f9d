import { decryptOaep, encryptOaep, longestPlaintext, type RsaEncryptionAlgorithm } from '../../crypto/encryption/rsa-encryption';
import { open, readCiphertext, seal } from '../../crypto/encryption/symmetric-ciphertext';
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

/** How something is, or shall be, encrypted. */
export interface EncryptionTerms {
  readonly algorithm: EncryptionAlgorithm;
  readonly context: EncryptionContext | undefined;
}

export interface Sealed {
  readonly blob: Buffer;
  /** Only symmetric keys tell which of their materials did the work. */
  readonly materialId?: string;
}

/** Throws what stands in the way of encrypting this under the key. Whoever passes may encrypt, or end a dry run. */
export function requireEncryptable(operation: KeyOperation, key: KmsKey, plaintext: Uint8Array, { algorithm, context }: EncryptionTerms): void {
  requireUse(operation, key, 'ENCRYPT_DECRYPT', algorithm);
  if (!isForRsa(algorithm)) return;
  refuseContext(context);
  const most = longestPlaintext(secretOf(key).secret, algorithm);
  if (plaintext.length > most) throw validation(`Algorithm ${algorithm} and key spec ${key.keySpec} cannot encrypt data larger than ${most} bytes.`);
}

/** Encrypts under the key's current material. */
export function encryptUnder(key: KmsKey, plaintext: Uint8Array, { algorithm, context }: EncryptionTerms): Sealed {
  if (isForRsa(algorithm)) return { blob: encryptOaep(secretOf(key).secret, algorithm, plaintext) };
  const { current } = key.materials;
  if (current?.secret === undefined) throw new Error(`${key.arn} is usable but has no current key material`);
  return { blob: seal(key.keyId, { ...current, secret: current.secret }, plaintext, context), materialId: current.id };
}

/** A blob to decrypt, and for whom. */
export interface Decryption extends EncryptionTerms {
  readonly operation: KeyOperation;
  /** The permission it needs. */
  readonly action: string;
  readonly blob: Buffer;
  readonly keyName: string | undefined;
  /** Under which member the key is named. */
  readonly keyMember: string;
}

export interface Opened {
  readonly key: KmsKey;
  readonly plaintext: Buffer;
  readonly materialId?: string;
}

/** Decrypts a blob. A symmetric one tells which key made it; whoever decrypts with an RSA key has to name it. */
export async function decryptBlob(call: Call, decryption: Decryption): Promise<Opened> {
  return isForRsa(decryption.algorithm) ? decryptWithRsa(call, decryption, decryption.algorithm) : decryptSymmetric(call, decryption);
}

/**
 * Decrypts a blob with the key it names. A key named beside it must be the same one.
 *
 * The order of checks is KMS's: the blob's form, the key, permission, state, whether it is the right key, and last the contents. A key
 * for another use is never the right one, so that its use needs no check.
 */
async function decryptSymmetric(call: Call, { operation, action, blob, keyName, context }: Decryption): Promise<Opened> {
  const ciphertext = readCiphertext(blob);
  const found = keyName === undefined ? keyOfCiphertext(call, ciphertext.keyId) : call.keyByAnyName(keyName);
  const key = await usableKey(call, operation, action, found, context);
  if (key.keyId !== ciphertext.keyId) throw incorrectKey();
  const material = key.materials.find(ciphertext.materialId);
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

/** RSA authenticates nothing beside the plaintext. That AWS refuses is documented; its words are not, these are what other emulators say. */
function refuseContext(context: EncryptionContext | undefined): void {
  if (context === undefined || Object.keys(context).length === 0) return;
  throw validation('EncryptionContext is not supported when encrypting/decrypting with asymmetric CMKs.');
}

function keyOfCiphertext(call: Call, keyId: string): KmsKey {
  const key = call.keyOfCiphertext(keyId);
  if (key === undefined) throw ciphertextOfUnknownKey();
  return key;
}
