import { createHash, type KeyObject } from 'node:crypto';

/**
 * The id of key material.
 *
 * The same key material has another id in another KMS key, and the same id whenever it is imported into this one again.
 */
export function materialId(keyId: string, bytes: Uint8Array): string {
  return createHash('sha256').update(keyId).update('\0').update(bytes).digest('hex');
}

/** The id of key material in a key object. */
export function idOfSecret(keyId: string, secret: KeyObject): string {
  const bytes = secret.type === 'secret' ? secret.export() : secret.export({ type: 'pkcs8', format: 'der' });
  const id = materialId(keyId, bytes);
  bytes.fill(0);
  return id;
}
