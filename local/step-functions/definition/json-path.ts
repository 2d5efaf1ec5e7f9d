/** The supported paths: `$`, `$.a.b`, `$.a[0].b`, and the same after `$$` for the context object. */
const PATH = /^\$\$?(?:\.[A-Za-z_][\w-]*|\[\d+\])*$/;
const STEP = /\.([A-Za-z_][\w-]*)|\[(\d+)\]/g;

/** A path to one value in a JSON document, without wildcards, filters, slices and functions. */
export class JsonPath {
  /** Returns undefined if the text is not a supported path. */
  public static parse(text: string): JsonPath | undefined {
    if (!PATH.test(text)) return undefined;
    const steps = [...text.matchAll(STEP)].map(([, name, index]) => name ?? Number(index));
    return new JsonPath(text, text.startsWith('$$'), steps);
  }

  private constructor(
    public readonly text: string,
    /** Whether it refers to the context object instead of the input. */
    public readonly ofContext: boolean,
    public readonly steps: readonly (string | number)[],
  ) {}

  /** Returns the value at the path, or undefined if there is none. `null` is a value. */
  public find(document: unknown): { readonly value: unknown } | undefined {
    let value = document;
    for (const step of this.steps) {
      const isContainer =
        typeof step === 'number' ? Array.isArray(value) : typeof value === 'object' && value !== null && !Array.isArray(value);
      if (!isContainer || !Object.hasOwn(value as object, step)) return undefined;
      value = (value as { [step: string | number]: unknown })[step];
    }
    return { value };
  }
}
