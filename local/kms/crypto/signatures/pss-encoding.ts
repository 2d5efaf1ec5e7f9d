import { createHash, randomBytes } from 'node:crypto';
import type { Hash } from './signature-scheme';

/*
 * EMSA-PSS of RFC 8017, section 9.1, with a salt as long as the digest, for moduli of whole bytes:
 *
 *   masked( zeros | 0x01 | salt )  |  hash( eight zeros | digest | salt )  |  0xbc
 *
 * The mask is derived from the hash beside it. The first bit is cleared, so that the number is smaller
 * than the modulus.
 */
const TRAILER = 0xbc;

export function pssEncode(hash: Hash, digest: Buffer, modulusBits: number): Buffer {
  const salt = randomBytes(hash.bytes);
  const block = Buffer.alloc(modulusBits / 8 - hash.bytes - 1);
  block[block.length - salt.length - 1] = 0x01;
  salt.copy(block, block.length - salt.length);
  const seed = saltedHash(hash, digest, salt);
  return Buffer.concat([masked(hash, block, seed), seed, Buffer.of(TRAILER)]);
}

/** Whether this is an encoding of the digest with any salt. */
export function isPssEncodingOf(hash: Hash, digest: Buffer, encoded: Buffer, modulusBits: number): boolean {
  const blockLength = modulusBits / 8 - hash.bytes - 1;
  const maskedBlock = encoded.subarray(0, blockLength);
  const seed = encoded.subarray(blockLength, -1);
  if (encoded.at(-1) !== TRAILER || maskedBlock.readUInt8(0) >= 0x80) return false;
  const block = masked(hash, maskedBlock, seed);
  const saltAt = blockLength - hash.bytes;
  const zeros = block.subarray(0, saltAt - 1);
  return zeros.every((byte) => byte === 0) && block[saltAt - 1] === 0x01 && seed.equals(saltedHash(hash, digest, block.subarray(saltAt)));
}

function saltedHash({ name }: Hash, digest: Buffer, salt: Buffer): Buffer {
  return createHash(name).update(Buffer.alloc(8)).update(digest).update(salt).digest();
}

/** Applies the mask to a block, or removes it. */
function masked(hash: Hash, block: Buffer, seed: Buffer): Buffer {
  const mask = maskOf(hash, seed, block.length);
  // eslint-disable-next-line no-bitwise -- a mask is applied bit by bit
  const result = Buffer.from(block.map((byte, index) => byte ^ mask.readUInt8(index)));
  result.writeUInt8(result.readUInt8(0) % 0x80, 0);
  return result;
}

/** MGF1: hashes of the seed and a counter, concatenated until there are enough bytes. */
function maskOf({ name, bytes }: Hash, seed: Buffer, length: number): Buffer {
  const parts = Array.from({ length: Math.ceil(length / bytes) }, (_, index) => {
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(index);
    return createHash(name).update(seed).update(counter).digest();
  });
  return Buffer.concat(parts).subarray(0, length);
}
