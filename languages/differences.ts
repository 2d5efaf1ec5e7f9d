/** Where one value is not what another is, path by path: `Resources.Key.Properties.Enabled: true, and not false`. Order of members is none. */
export function differences(value: unknown, expected: unknown, path = ''): string[] {
  if (isObject(value) && isObject(expected)) {
    const names = [...new Set([...Object.keys(expected), ...Object.keys(value)])];
    return names.flatMap((name) => differences(value[name], expected[name], path === '' ? name : `${path}.${name}`));
  }
  if (Array.isArray(value) && Array.isArray(expected)) {
    return Array.from({ length: Math.max(value.length, expected.length) }, (_, index) => differences(value[index], expected[index], `${path}[${index}]`)).flat();
  }
  return value === expected ? [] : [`${path}: ${shown(value, expected)}, and not ${shown(expected, value)}`];
}

function isObject(value: unknown): value is { readonly [name: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** How much of a long text is shown. */
const EXCERPT = 60;

/** Long texts differ somewhere: what is shown begins a little before. */
function shown(value: unknown, other: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value !== 'string' || typeof other !== 'string') return shortened(JSON.stringify(value));
  let first = 0;
  while (first < value.length && value[first] === other[first]) first += 1;
  const begin = Math.max(0, first - EXCERPT / 2);
  return `${begin > 0 ? '...' : ''}${shortened(JSON.stringify(value.slice(begin)))}`;
}

function shortened(text: string): string {
  return text.length <= EXCERPT ? text : `${text.slice(0, EXCERPT)}...`;
}
