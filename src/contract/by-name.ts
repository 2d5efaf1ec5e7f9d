/**
 * Pairs of names and values, in the order of their names.
 *
 * The order in which they were written down is lost where maps have none: Go sorts them, and a Java `Map.of` has another order in every run.
 * It must not reach a template, where it would look like a change.
 */
export function byName<Value>(pairs: { readonly [name: string]: Value }): [string, Value][] {
  return Object.entries(pairs).sort(([one], [other]) => (one < other ? -1 : 1));
}
