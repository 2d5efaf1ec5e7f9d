/**
 * Whether two policies mean the same, although their text may differ.
 *
 * KMS returns a policy as it was written, except for white space, the order of members and lists, and lists with one
 * entry. It shows a principal that was deleted, or deleted and created again, by its unique id. Such a policy no longer
 * means the same.
 */
export function isSamePolicy(onePolicy: string, otherPolicy: string): boolean {
  if (onePolicy === otherPolicy) return true;
  const [one, other] = [readPolicy(onePolicy), readPolicy(otherPolicy)];
  return one !== undefined && other !== undefined && JSON.stringify(canonical(one)) === JSON.stringify(canonical(other));
}

function readPolicy(policy: string): unknown {
  try {
    return JSON.parse(policy);
  } catch {
    return undefined;
  }
}

/** The same text for all policies that mean the same: sorted, every value a list, numbers and booleans as text. */
function canonical(value: unknown): unknown {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    const members = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
    return Object.fromEntries(members.map(([name, member]) => [name, asList(isEveryPrincipal(name, member) ? { AWS: '*' } : member)]));
  }
  return String(value);
}

function isEveryPrincipal(name: string, member: unknown): boolean {
  return name === 'Principal' && member === '*';
}

function asList(value: unknown): unknown[] {
  const list = Array.isArray(value) ? value : [value];
  return list.map((entry) => JSON.stringify(canonical(entry))).sort();
}
