/** The subset of JSON Schema that the published schema uses. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly $defs?: { readonly [name: string]: JsonSchema };
  readonly type?: string;
  readonly const?: unknown;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly minItems?: number;
  readonly items?: JsonSchema;
  readonly required?: readonly string[];
  readonly properties?: { readonly [name: string]: JsonSchema };
  readonly additionalProperties?: false;
}

/**
 * Keywords that are checked, or are only descriptive. Any other keyword is an error, because it would not be checked.
 */
const KNOWN = [
  '$schema', '$id', 'title', 'description', '$ref', '$defs', 'type', 'const', 'pattern', 'minimum', 'minItems', 'items', 'required',
  'properties', 'additionalProperties',
];

/** Returns where a value does not conform to a schema. */
export function schemaViolations(schema: JsonSchema, value: unknown, root: JsonSchema = schema, path = '$'): string[] {
  const unknown = Object.keys(schema).find((keyword) => !KNOWN.includes(keyword));
  if (unknown !== undefined) throw new Error(`keyword ${unknown} of the schema is not supported`);
  const violations: string[] = [];
  const check = (holds: boolean, what: string) => {
    if (!holds) violations.push(`${path}: ${what}`);
  };
  if (schema.$ref !== undefined) {
    const target = root.$defs?.[schema.$ref.replace('#/$defs/', '')];
    if (target === undefined) throw new Error(`the schema does not define ${schema.$ref}`);
    violations.push(...schemaViolations(target, value, root, path));
  }
  if ('const' in schema) check(value === schema.const, `is ${JSON.stringify(schema.const)}`);
  if (schema.type !== undefined) check(typeOf(value).includes(schema.type), `is a ${schema.type}`);
  if (schema.pattern !== undefined) check(typeof value === 'string' && new RegExp(schema.pattern).test(value), `matches ${schema.pattern}`);
  if (schema.minimum !== undefined) check(typeof value === 'number' && value >= schema.minimum, `is at least ${schema.minimum}`);
  if (Array.isArray(value)) {
    check(value.length >= (schema.minItems ?? 0), `has at least ${schema.minItems} items`);
    value.forEach((item, index) => violations.push(...schemaViolations(schema.items ?? {}, item, root, `${path}[${index}]`)));
    return violations;
  }
  if (typeof value !== 'object' || value === null) return violations;
  for (const name of schema.required ?? []) check(name in value, `has ${name}`);
  for (const [name, member] of Object.entries(value)) {
    const known = schema.properties?.[name];
    if (known === undefined) check(schema.additionalProperties !== false, `has no ${name}`);
    else violations.push(...schemaViolations(known, member, root, `${path}.${name}`));
  }
  return violations;
}

function typeOf(value: unknown): string[] {
  if (Array.isArray(value)) return ['array'];
  if (Number.isSafeInteger(value)) return ['integer', 'number'];
  return [value === null ? 'null' : typeof value];
}
