/** Non-secret pairs that must be given again, exactly, to open a ciphertext. */
export type EncryptionContext = Readonly<Record<string, string>>;

/**
 * One sequence of bytes for each encryption context, whatever the order of its pairs; none for no context.
 *
 * JSON keeps pairs apart without doubt, and escapes lone surrogates, so that no two contexts are ever the same bytes.
 */
export function canonicalContext(context: EncryptionContext | undefined): Buffer {
  const pairs = context === undefined ? [] : Object.entries(context);
  if (pairs.length === 0) return Buffer.alloc(0);
  pairs.sort(([a], [b]) => (a < b ? -1 : 1));
  return Buffer.from(JSON.stringify(pairs));
}
