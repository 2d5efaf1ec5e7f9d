import { createHash } from 'node:crypto';
import type { SpecifiedSecret } from '../secrets/specified-secret';

/** The input of the signer: the message itself, its hash, or the representative that ML-DSA derives from it. */
export type MessageType = 'RAW' | 'DIGEST' | 'EXTERNAL_MU';

export interface Message {
  readonly type: MessageType;
  readonly bytes: Buffer;
}

/** One signing algorithm. */
export interface SignatureScheme {
  /** The types of message that it signs, and the length in bytes that each must have. */
  readonly messageLengths: { readonly [Type in MessageType]?: number | 'any' };
  sign(key: SpecifiedSecret, message: Message): Uint8Array;
  /** Returns `false` for every value that is not a signature of the message, even if it is malformed. */
  verify(key: SpecifiedSecret, message: Message, signature: Buffer): boolean;
}

/** A hash function, by its name in node:crypto. */
export interface Hash {
  readonly name: 'sha256' | 'sha384' | 'sha512';
  readonly bytes: number;
}
export const SHA_256: Hash = { name: 'sha256', bytes: 32 };
export const SHA_384: Hash = { name: 'sha384', bytes: 48 };
export const SHA_512: Hash = { name: 'sha512', bytes: 64 };

interface DigestScheme {
  sign(key: SpecifiedSecret, digest: Buffer): Uint8Array;
  verify(key: SpecifiedSecret, digest: Buffer, signature: Buffer): boolean;
}

/**
 * An algorithm that signs a hash of the message. A caller that has hashed the message passes the digest, which is not
 * hashed again.
 *
 * Both ways lead to the same calculation, so that a signature of one way verifies in the other.
 */
export function overDigest(hash: Hash, scheme: DigestScheme): SignatureScheme {
  const digestOf = ({ type, bytes }: Message) => type === 'DIGEST' ? bytes : createHash(hash.name).update(bytes).digest();
  return {
    messageLengths: { RAW: 'any', DIGEST: hash.bytes },
    sign: (key, message) => scheme.sign(key, digestOf(message)),
    verify: (key, message, signature) => scheme.verify(key, digestOf(message), signature),
  };
}
