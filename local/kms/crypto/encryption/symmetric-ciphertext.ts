import { createCipheriv, createDecipheriv, type KeyObject } from 'node:crypto';
import { writeNonce } from './nonces';
import { canonicalContext, type EncryptionContext } from '../../protocol/encryption-context';
import { invalidCiphertext } from '../../protocol/errors';

/*
 * A ciphertext blob:
 *
 *     kind of key (1) | key id (16) | key material id (32) | nonce (12) | tag (16) | AES-256-GCM ciphertext
 *
 * Kind, key id and key material id are authenticated together with the encryption context: a blob belongs to
 * one KMS key and opens only with the key material that encrypted it. To callers it is opaque, and its length
 * is not guaranteed.
 */
const SINGLE_REGION = 0x01;
const MULTI_REGION = 0x02;
const KEY_ID_AT = 1;
const MATERIAL_ID_AT = 17;
const NONCE_AT = 49;
const TAG_AT = 61;
const CIPHERTEXT_AT = 77;

/** The key and key material that a blob names. Nothing has verified them yet. */
export interface SymmetricCiphertext {
  readonly blob: Buffer;
  readonly keyId: string;
  readonly materialId: string;
}

/** Key material that is present: its id and its secret key. */
interface PresentMaterial {
  readonly id: string;
  readonly secret: KeyObject;
}

export function seal(keyId: string, material: PresentMaterial, plaintext: Uint8Array, context: EncryptionContext | undefined): Buffer {
  const blob = Buffer.allocUnsafe(CIPHERTEXT_AT + plaintext.length);
  const multiRegion = keyId.startsWith('mrk-');
  blob[0] = multiRegion ? MULTI_REGION : SINGLE_REGION;
  blob.write(multiRegion ? keyId.slice('mrk-'.length) : keyId.replaceAll('-', ''), KEY_ID_AT, 'hex');
  blob.write(material.id, MATERIAL_ID_AT, 'hex');
  writeNonce(blob, NONCE_AT);
  const cipher = createCipheriv('aes-256-gcm', material.secret, blob.subarray(NONCE_AT, TAG_AT));
  cipher.setAAD(authenticated(blob, context));
  cipher.update(plaintext).copy(blob, CIPHERTEXT_AT);
  cipher.final();
  cipher.getAuthTag().copy(blob, TAG_AT);
  return blob;
}

/** Reads the key and key material that a blob names. Any other blob is an invalid ciphertext. */
export function readCiphertext(blob: Buffer): SymmetricCiphertext {
  const kind = blob[0];
  if (blob.length <= CIPHERTEXT_AT || (kind !== SINGLE_REGION && kind !== MULTI_REGION)) throw invalidCiphertext();
  const id = blob.toString('hex', KEY_ID_AT, MATERIAL_ID_AT);
  const groups = [id.slice(0, 8), id.slice(8, 12), id.slice(12, 16), id.slice(16, 20), id.slice(20)];
  const keyId = kind === MULTI_REGION ? `mrk-${id}` : groups.join('-');
  return { blob, keyId, materialId: blob.toString('hex', MATERIAL_ID_AT, NONCE_AT) };
}

/**
 * Decrypts a blob. If it was altered, or encrypted with another context, the error reports only that the
 * ciphertext is invalid.
 */
export function open({ blob }: SymmetricCiphertext, material: PresentMaterial, context: EncryptionContext | undefined): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', material.secret, blob.subarray(NONCE_AT, TAG_AT));
  decipher.setAAD(authenticated(blob, context));
  decipher.setAuthTag(blob.subarray(TAG_AT, CIPHERTEXT_AT));
  const plaintext = decipher.update(blob.subarray(CIPHERTEXT_AT));
  try {
    decipher.final();
  } catch {
    plaintext.fill(0);
    throw invalidCiphertext();
  }
  return plaintext;
}

function authenticated(blob: Buffer, context: EncryptionContext | undefined): Buffer {
  const header = blob.subarray(0, NONCE_AT);
  const pairs = canonicalContext(context);
  return pairs.length === 0 ? header : Buffer.concat([header, pairs]);
}
