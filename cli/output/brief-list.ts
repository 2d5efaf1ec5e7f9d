/** A reviewer must see every value of a short list, such as the roles that a condition names. */
const MAX_VALUES = 10;

/**
 * The values of a condition for a reader: a long list as its first values, its last value and their number.
 *
 * The condition for the generations of a rotating key has a pattern for each character that is not a digit. All of them
 * would fill half a screen, and say no more.
 */
export function briefList(values: readonly string[]): string {
  if (values.length <= MAX_VALUES) return values.join(', ');
  return `${values.slice(0, 2).join(', ')} … ${values.at(-1)} (${values.length} values, --json lists all)`;
}
