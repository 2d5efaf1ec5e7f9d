/**
 * Whether two policies say the same, whatever they look like.
 *
 * KMS keeps a policy as it was written, but for white space, the order of members and lists, and lists of one. It shows a principal that
 * has been deleted, or deleted and made again, by its unique id: such a policy does not say the same any more.
 */
export function saySame(onePolicy: string, otherPolicy: string): boolean {
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

/** One spelling for all that mean the same: sorted, lists everywhere, text for every number and boolean. */
function canonical(value: unknown): unknown {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    const members = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
    return Object.fromEntries(members.map(([name, member]) => [name, asList(isEverybody(name, member) ? { AWS: '*' } : member)]));
  }
  return String(value);
}

function isEverybody(name: string, member: unknown): boolean {
  return name === 'Principal' && member === '*';
}

function asList(value: unknown): unknown[] {
  const list = Array.isArray(value) ? value : [value];
  return list.map((entry) => JSON.stringify(canonical(entry))).sort();
}
