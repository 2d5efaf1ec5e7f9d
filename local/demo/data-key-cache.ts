/** A data key in the memory of an application. */
export interface CachedDataKey {
  readonly plaintext: Uint8Array;
  readonly blob: Uint8Array;
  readonly keyArn: string;
}

/**
 * Data keys of an application that calls KMS once and then uses a data key for some minutes. One tenant of the demo
 * does so.
 */
export class DataKeyCache {
  private readonly entries = new Map<string, { readonly key: CachedDataKey; readonly until: number }>();

  public constructor(private readonly now: () => Date, private readonly milliseconds: number) {}

  public async get(tenant: string, generate: () => Promise<CachedDataKey>): Promise<CachedDataKey> {
    const entry = this.entries.get(tenant);
    if (entry !== undefined && entry.until > this.now().getTime()) return entry.key;
    const key = await generate();
    this.entries.set(tenant, { key, until: this.now().getTime() + this.milliseconds });
    return key;
  }
}
