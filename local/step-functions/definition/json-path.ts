/** The only paths that are understood: `$`, `$.a.b`, `$.a[0].b`, and the same after `$$` for the context object. */
const PATH = /^\$\$?(?:\.[A-Za-z_][\w-]*|\[\d+\])*$/;
const STEP = /\.([A-Za-z_][\w-]*)|\[(\d+)\]/g;

/** A path to one place in a JSON document. No wildcards, no filters, no slices, no functions. */
export class JsonPath {
  /** Undefined for anything that is not such a path. */
  public static parse(text: string): JsonPath | undefined {
    if (!PATH.test(text)) return undefined;
    const steps = [...text.matchAll(STEP)].map(([, name, index]) => name ?? Number(index));
    return new JsonPath(text, text.startsWith('$$'), steps);
  }

  private constructor(
    public readonly text: string,
    /** Whether it leads into the context object rather than into the input. */
    public readonly ofContext: boolean,
    public readonly steps: readonly (string | number)[],
  ) {}

  /** What stands there; undefined when nothing does. A place that holds `null` holds something. */
  public find(document: unknown): { readonly value: unknown } | undefined {
    let value = document;
    for (const step of this.steps) {
      const fits = typeof step === 'number' ? Array.isArray(value) : typeof value === 'object' && value !== null && !Array.isArray(value);
      if (!fits || !Object.hasOwn(value as object, step)) return undefined;
      value = (value as { [step: string | number]: unknown })[step];
    }
    return { value };
  }
}
