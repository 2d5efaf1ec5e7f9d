/**
 * Pairs of names and values, sorted by name.
 *
 * Some languages do not keep the order of the source: Go sorts maps, and a Java `Map.of` has another order in each run.
 * In the order of the source, a template could change without a change of the source.
 */
export function byName<Value>(pairs: { readonly [name: string]: Value }): [string, Value][] {
  return Object.entries(pairs).sort(([one], [other]) => (one < other ? -1 : 1));
}
