/** Remembers what has been worked out, up to a number of things; then it starts anew, so that it never grows without end. */
export class Cache<Value> {
  private readonly values = new Map<string, Value>();

  public constructor(private readonly most: number) {}

  public remember(name: string, workOut: () => Value): Value {
    const known = this.values.get(name);
    if (known !== undefined) return known;
    const value = workOut();
    if (this.values.size >= this.most) this.values.clear();
    this.values.set(name, value);
    return value;
  }
}
