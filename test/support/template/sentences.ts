interface Statement {
  readonly Sid?: string;
  readonly [element: string]: unknown;
}

/** A value in one line, without the quotes of JSON. */
export function compact(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(compact).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  return `{${Object.entries(value).map(([name, nested]) => `${name}: ${compact(nested)}`).join(', ')}}`;
}

/**
 * The statements of a policy as sentences: `Allow <role>: actions on resource if condition`. An element that is not
 * known is added as it is.
 */
export function policySentences(policy: unknown): string[] {
  const { Statement, Version, ...others } = policy as { readonly Statement: readonly Statement[]; readonly Version: string };
  const rest = [
    ...(Version === '2012-10-17' ? [] : [`policy Version: ${Version}`]),
    ...Object.entries(others).map((entry) => `policy ${compact(entry)}`),
  ];
  return [...Statement.map(sentence), ...rest];
}

function sentence({ Sid, Effect, Principal, Action, Resource, Condition, ...others }: Statement): string {
  return [
    `${String(Effect)}${Sid === undefined ? '' : ` [${Sid}]`}${Principal === undefined ? '' : ` ${principals(Principal)}`}:`,
    ...(Action === undefined ? [] : [actions([Action].flat() as string[])]),
    ...(Resource === undefined || (Resource === '*' && Principal !== undefined) ? [] : ['on', [Resource].flat().join(' ')]),
    ...(Condition === undefined ? [] : ['if', compact(Condition)]),
    ...(Object.keys(others).length === 0 ? [] : [compact(others)]),
  ].join(' ');
}

function principals(principal: unknown): string {
  if (typeof principal === 'string') return principal;
  return Object.entries(principal as object).map(([kind, values]) => `${kind} ${[values].flat().join(' ')}`).join(' ');
}

/** Each service is named once: `kms:Encrypt Decrypt`. */
function actions(names: readonly string[]): string {
  return names.map((name, index) => {
    const [service, action] = name.split(':');
    return index > 0 && names[index - 1]?.split(':')[0] === service && action !== undefined ? action : name;
  }).join(' ');
}
