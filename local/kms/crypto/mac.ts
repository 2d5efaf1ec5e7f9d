import { createHmac } from 'node:crypto';
import type { SpecifiedSecret } from './secrets/specified-secret';

const HASH = { HMAC_SHA_224: 'sha224', HMAC_SHA_256: 'sha256', HMAC_SHA_384: 'sha384', HMAC_SHA_512: 'sha512' } as const;
export type MacAlgorithm = keyof typeof HASH;

export function macOf(message: Uint8Array, { secret }: SpecifiedSecret, algorithm: MacAlgorithm): Buffer {
  return createHmac(HASH[algorithm], secret).update(message).digest();
}
