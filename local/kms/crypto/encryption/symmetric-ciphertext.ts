import { createCipheriv, createDecipheriv, randomFillSync, type KeyObject } from 'node:crypto';
import { writeNonce } from './nonces';
import { canonicalContext, type EncryptionContext } from '../../protocol/encryption-context';
import { invalidCiphertext } from '../../protocol/errors';

/*
 * A ciphertext blob, in the outer shape of those of AWS, which calls it opaque:
 *
 *     01 02 | operation (1) | 00 78 | backing key (32) | 01, random (16) | length (4) | DER EncryptedData
 *
 * The 32 bytes are the same in every blob under one key material: the key id (16), and the beginning of the key
 * material id (16). EncryptedData names AES-256-GCM, and contains the nonce and, in the place of the ciphertext, a
 * frame (11), the ciphertext and the tag (16): a data key of 32 bytes has a blob of 184 bytes.
 *
 * The bytes up to the length are authenticated together with the encryption context: a blob belongs to one KMS key and
 * opens only with the key material that encrypted it.
 */
const LAYOUT = Buffer.from([0x01, 0x02]);
const BEFORE_BACKING_KEY = Buffer.from([0x00, 0x78]);
/** The third byte of a blob. */
export const BlobKind = { ENCRYPT: 0x02, GENERATE_DATA_KEY: 0x03 } as const;
type BlobKindByte = (typeof BlobKind)[keyof typeof BlobKind];

const KIND_AT = LAYOUT.length;
const KEY_ID_AT = KIND_AT + 1 + BEFORE_BACKING_KEY.length;
const MATERIAL_ID_AT = KEY_ID_AT + 16;
const RANDOM_AT = MATERIAL_ID_AT + 16;
const LENGTH_AT = RANDOM_AT + 17;
const DER_AT = LENGTH_AT + 4;
const NONCE_BYTES = 12;
const FRAME = Buffer.alloc(11);
const TAG_BYTES = 16;
const OVERHEAD = FRAME.length + TAG_BYTES;

/** encryptedData (1.2.840.113549.1.7.6), data (1.2.840.113549.1.7.1) and aes256-GCM (2.16.840.1.101.3.4.1.46). */
const ENCRYPTED_DATA = Buffer.from('06092a864886f70d010706', 'hex');
const DATA = Buffer.from('06092a864886f70d010701', 'hex');
const AES_256_GCM = Buffer.from('060960864801650304012e', 'hex');
const VERSION_0 = Buffer.from('020100', 'hex');
const TAG_LENGTH = Buffer.from('020110', 'hex');

/** The key and key material that a blob names. Nothing has verified them yet. */
export interface SymmetricCiphertext {
  readonly blob: Buffer;
  readonly keyId: string;
  /** The beginning of the key material id. */
  readonly materialIdPrefix: string;
  readonly nonce: Buffer;
  /** Frame, ciphertext and tag. */
  readonly content: Buffer;
}

/** Key material that is present: its id and its secret key. */
interface PresentMaterial {
  readonly id: string;
  readonly secret: KeyObject;
}

/** The kind of key is not in a blob: whether an id of 32 digits is that of a multi-Region key follows from its form. */
export function looksLikeUuid(hex: string): boolean {
  return /^.{12}4.{3}[89ab]/.test(hex);
}

export function seal(
  keyId: string, material: PresentMaterial, plaintext: Uint8Array, context: EncryptionContext | undefined, kind: BlobKindByte,
): Buffer {
  const header = Buffer.allocUnsafe(LENGTH_AT);
  LAYOUT.copy(header);
  header[KIND_AT] = kind;
  BEFORE_BACKING_KEY.copy(header, KIND_AT + 1);
  header.write(keyId.replace('mrk-', '').replaceAll('-', ''), KEY_ID_AT, 'hex');
  header.write(material.id, MATERIAL_ID_AT, 16, 'hex');
  header[RANDOM_AT] = 0x01;
  randomFillSync(header, RANDOM_AT + 1, LENGTH_AT - RANDOM_AT - 1);
  const nonce = Buffer.allocUnsafe(NONCE_BYTES);
  writeNonce(nonce, 0);
  const cipher = createCipheriv('aes-256-gcm', material.secret, nonce);
  cipher.setAAD(authenticated(header, context));
  const content = [cipher.update(FRAME), cipher.update(plaintext), cipher.final(), cipher.getAuthTag()];
  const data = encryptedData(nonce, Buffer.concat(content));
  const length = Buffer.allocUnsafe(DER_AT - LENGTH_AT);
  length.writeUInt32BE(data.length);
  return Buffer.concat([header, length, data]);
}

/** Reads what a blob names. Throws if it does not have the shape of a ciphertext of this KMS. */
export function readCiphertext(blob: Buffer): SymmetricCiphertext {
  const content = hasHeader(blob) ? contentOf(blob.subarray(DER_AT)) : undefined;
  if (content === undefined || content.encrypted.length <= OVERHEAD) throw invalidCiphertext();
  const id = blob.toString('hex', KEY_ID_AT, MATERIAL_ID_AT);
  const groups = [id.slice(0, 8), id.slice(8, 12), id.slice(12, 16), id.slice(16, 20), id.slice(20)];
  return {
    blob,
    keyId: looksLikeUuid(id) ? groups.join('-') : `mrk-${id}`,
    materialIdPrefix: blob.toString('hex', MATERIAL_ID_AT, RANDOM_AT),
    nonce: content.nonce,
    content: content.encrypted,
  };
}

function hasHeader(blob: Buffer): boolean {
  return blob.length > DER_AT && blob.subarray(0, KIND_AT).equals(LAYOUT) && blob.readUInt32BE(LENGTH_AT) === blob.length - DER_AT;
}

/**
 * Decrypts a blob. If it was altered, or encrypted with another context, the error reports only that the
 * ciphertext is invalid.
 */
export function open(
  { blob, nonce, content }: SymmetricCiphertext, material: PresentMaterial, context: EncryptionContext | undefined,
): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', material.secret, nonce);
  decipher.setAAD(authenticated(blob.subarray(0, LENGTH_AT), context));
  decipher.setAuthTag(content.subarray(content.length - TAG_BYTES));
  const framed = decipher.update(content.subarray(0, content.length - TAG_BYTES));
  try {
    decipher.final();
  } catch {
    framed.fill(0);
    throw invalidCiphertext();
  }
  return framed.subarray(FRAME.length);
}

function authenticated(header: Buffer, context: EncryptionContext | undefined): Buffer {
  const pairs = canonicalContext(context);
  return pairs.length === 0 ? header : Buffer.concat([header, pairs]);
}

function encryptedData(nonce: Buffer, encrypted: Buffer): Buffer {
  const parameters = der(0x30, der(0x04, nonce), TAG_LENGTH);
  const content = der(0x30, DATA, der(0x30, AES_256_GCM, parameters), der(0x80, encrypted));
  return der(0x30, ENCRYPTED_DATA, der(0xa0, der(0x30, VERSION_0, content)));
}

/** One DER value: tag, length, contents. */
function der(tag: number, ...contents: readonly Buffer[]): Buffer {
  const length = contents.reduce((sum, { length: bytes }) => sum + bytes, 0);
  return Buffer.concat([derHeader(tag, length), ...contents], derHeader(tag, length).length + length);
}

function derHeader(tag: number, length: number): Buffer {
  if (length < 0x80) return Buffer.from([tag, length]);
  if (length < 0x100) return Buffer.from([tag, 0x81, length]);
  return Buffer.from([tag, 0x82, Math.floor(length / 0x100), length % 0x100]);
}

/** Nonce and content of EncryptedData that `encryptedData` has written; `undefined` for everything else. */
function contentOf(data: Buffer): { readonly nonce: Buffer; readonly encrypted: Buffer } | undefined {
  const gcmAt = data.indexOf(AES_256_GCM);
  const nonceAt = gcmAt + AES_256_GCM.length + 4;
  const valueAt = nonceAt + NONCE_BYTES + TAG_LENGTH.length;
  if (gcmAt < 0 || data.length <= valueAt + 2) return undefined;
  const nonce = data.subarray(nonceAt, nonceAt + NONCE_BYTES);
  const form = data[valueAt + 1] ?? 0;
  const encrypted = data.subarray(valueAt + 2 + (form > 0x80 ? form - 0x80 : 0));
  // Every byte around both is fixed by their lengths.
  return encryptedData(nonce, encrypted).equals(data) ? { nonce, encrypted } : undefined;
}
