/** Differences from the expected value: `Key.Enabled: got true, expected false`. The order of members is ignored. */
export function differences(value: unknown, expected: unknown, path = ''): string[] {
  if (isObject(value) && isObject(expected)) {
    const names = [...new Set([...Object.keys(expected), ...Object.keys(value)])];
    return names.flatMap((name) => differences(member(value, name), member(expected, name), path === '' ? name : `${path}.${name}`));
  }
  if (Array.isArray(value) && Array.isArray(expected)) {
    const length = Math.max(value.length, expected.length);
    return Array.from({ length }, (_, index) => differences(value[index], expected[index], `${path}[${index}]`)).flat();
  }
  return value === expected ? [] : [`${path}: got ${excerpt(value, expected)}, expected ${excerpt(expected, value)}`];
}

interface JsonObject {
  readonly [name: string]: unknown;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Only what the document has: every object inherits a `toString`. */
function member(value: JsonObject, name: string): unknown {
  return Object.hasOwn(value, name) ? value[name] : undefined;
}

const MAX_EXCERPT_LENGTH = 60;

/** The excerpt of a long text begins shortly before the first difference. */
function excerpt(value: unknown, other: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value !== 'string' || typeof other !== 'string') return shortened(JSON.stringify(value));
  let first = 0;
  while (first < value.length && value[first] === other[first]) first += 1;
  const begin = Math.max(0, first - MAX_EXCERPT_LENGTH / 2);
  return `${begin > 0 ? '...' : ''}${shortened(JSON.stringify(value.slice(begin)))}`;
}

function shortened(text: string): string {
  return text.length <= MAX_EXCERPT_LENGTH ? text : `${text.slice(0, MAX_EXCERPT_LENGTH)}...`;
}
