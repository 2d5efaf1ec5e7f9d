/**
 * Keeps computed values up to a maximum number of entries. When it is full it is emptied, so that it never grows
 * without limit.
 */
export class Cache<Value> {
  private readonly values = new Map<string, Value>();

  public constructor(private readonly maxEntries: number) {}

  public getOrCompute(name: string, compute: () => Value): Value {
    const known = this.values.get(name);
    if (known !== undefined) return known;
    const value = compute();
    if (this.values.size >= this.maxEntries) this.values.clear();
    this.values.set(name, value);
    return value;
  }
}
