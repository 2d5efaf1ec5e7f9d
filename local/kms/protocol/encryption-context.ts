/** Non-secret pairs that a caller must repeat exactly to decrypt a ciphertext. */
export type EncryptionContext = Readonly<Record<string, string>>;

/**
 * One sequence of bytes for each encryption context, whatever the order of its pairs. A context without pairs
 * has no bytes.
 *
 * JSON separates pairs unambiguously and escapes lone surrogates, so that no two contexts have the same bytes.
 */
export function canonicalContext(context: EncryptionContext | undefined): Buffer {
  const pairs = context === undefined ? [] : Object.entries(context);
  if (pairs.length === 0) return Buffer.alloc(0);
  pairs.sort(([a], [b]) => (a < b ? -1 : 1));
  return Buffer.from(JSON.stringify(pairs));
}
