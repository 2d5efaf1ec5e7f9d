/**
 * Pairs of names and values, in the order of their names.
 *
 * The written order does not survive every language: Go sorts maps, and a Java `Map.of` has another order in every run.
 * If it reached a template, the template would change without a change of the source.
 */
export function byName<Value>(pairs: { readonly [name: string]: Value }): [string, Value][] {
  return Object.entries(pairs).sort(([one], [other]) => (one < other ? -1 : 1));
}
