/** In less, a name is part of many others. */
const MIN_PART_LENGTH = 3;

/** A known name that was probably meant, and how it was found. */
export interface NearestName {
  readonly name: string;
  /** Misspelled, or only a part of the other name: `schedule` of `rotationSchedule`. A part can be meant otherwise. */
  readonly by: 'spelling' | 'part';
}

/**
 * The known name that was probably meant, or undefined if none is similar.
 *
 * @param known the likely names first: if the given name is a part of several, the first of them was meant
 */
export function nearestName(given: string, known: readonly string[]): NearestName | undefined {
  const [misspelled] = known
    .map((name) => ({ name, distance: editDistance(given.toLowerCase(), name.toLowerCase()) }))
    .filter(({ name, distance }) => distance <= Math.max(2, Math.floor(name.length / 3)))
    .sort((one, other) => one.distance - other.distance);
  if (misspelled !== undefined) return { name: misspelled.name, by: 'spelling' };
  const whole = known.find((name) => contains(name, given)) ?? longest(known.filter((name) => contains(given, name)));
  return whole === undefined ? undefined : { name: whole, by: 'part' };
}

/** `admins` is a part of `administrators`. */
function contains(name: string, part: string): boolean {
  const singular = part.toLowerCase().replace(/s$/, '');
  return singular.length >= MIN_PART_LENGTH && name.toLowerCase().includes(singular);
}

function longest(names: readonly string[]): string | undefined {
  return [...names].sort((one, other) => other.length - one.length)[0];
}

/** Number of characters to insert, remove or replace (Levenshtein distance). */
function editDistance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (const [index, character] of [...one].entries()) {
    const next = [index + 1];
    for (const [column, otherCharacter] of [...other].entries()) {
      const replaced = (row[column] ?? 0) + (character === otherCharacter ? 0 : 1);
      next.push(Math.min(replaced, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    row = next;
  }
  return row[other.length] ?? 0;
}
