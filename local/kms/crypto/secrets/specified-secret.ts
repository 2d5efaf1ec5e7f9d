import type { KeyObject } from 'node:crypto';
import type { KeySpec } from '../../protocol/key-spec';

/** A secret and its key spec: the private key of a pair, a seed, or a secret key. */
export interface SpecifiedSecret {
  readonly keySpec: KeySpec;
  readonly secret: KeyObject;
}

/** Passes the raw key material to one calculation, and wipes it afterwards. */
export function withKeyMaterial<T>(secret: KeyObject, calculate: (bytes: Buffer) => T): T {
  const bytes = secret.export();
  try {
    return calculate(bytes);
  } finally {
    bytes.fill(0);
  }
}
