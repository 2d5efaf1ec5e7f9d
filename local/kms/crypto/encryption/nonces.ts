import { randomFillSync } from 'node:crypto';

const NONCE_BYTES = 12;

/**
 * Random bytes are generated for many nonces together: a system call for each nonce would be the most expensive part of
 * an Encrypt.
 */
const stock = Buffer.alloc(NONCE_BYTES * 512);
let used = stock.length;

/** Writes a new random nonce into a buffer. */
export function writeNonce(into: Buffer, offset: number): void {
  if (used === stock.length) {
    randomFillSync(stock);
    used = 0;
  }
  stock.copy(into, offset, used, used + NONCE_BYTES);
  used += NONCE_BYTES;
}
