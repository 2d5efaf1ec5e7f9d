/**
 * Properties of a custom resource as CloudFormation delivers them: undefined members are removed, numbers and booleans
 * become text.
 */
export function throughCloudFormation(properties: object): { readonly [property: string]: unknown } {
  return { ServiceToken: 'token', ServiceTimeout: '900', ...deliver(JSON.parse(JSON.stringify(properties))) as object };
}

function deliver(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(deliver);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, deliver(member)]));
  }
  return String(value);
}
