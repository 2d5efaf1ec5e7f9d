/** Writes and reads evidence. Written objects are never overwritten. */
export interface EvidencePort {
  /** Writes an object once. Returns `exists` if the key exists; that object stays unchanged. */
  writeOnce(key: string, content: object): Promise<'written' | 'exists'>;
  /** Reads an object. Returns `undefined` if there is none. */
  read<T>(key: string): Promise<T | undefined>;
  /** Lists the keys of all objects with a prefix, in order. With `after`, only the keys after it. */
  list(prefix: string, after?: string): Promise<string[]>;
}
