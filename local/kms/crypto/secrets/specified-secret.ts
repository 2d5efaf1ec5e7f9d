import type { KeyObject } from 'node:crypto';
import type { KeySpec } from '../../protocol/key-spec';

/** What the algorithms work with: a secret, and of which spec it is. The private key of a pair, a seed, or the bytes of a secret key. */
export interface SpecifiedSecret {
  readonly keySpec: KeySpec;
  readonly secret: KeyObject;
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
