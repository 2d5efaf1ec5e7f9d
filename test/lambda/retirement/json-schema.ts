/** A JSON Schema, as far as our own one goes. */
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

/** What is checked, or only says something. Any other word is refused: a rule that is not known would pass for one that holds. */
const KNOWN = [
  '$schema', '$id', 'title', 'description', '$ref', '$defs', 'type', 'const', 'pattern', 'minimum', 'minItems', 'items', 'required', 'properties',
  'additionalProperties',
];

/** Where a value does not keep to a schema. */
export function schemaViolations(schema: JsonSchema, value: unknown, root: JsonSchema = schema, path = '$'): string[] {
  const unknown = Object.keys(schema).find((word) => !KNOWN.includes(word));
  if (unknown !== undefined) throw new Error(`the schema says ${unknown}, which is not known here`);
  const wrong: string[] = [];
  const demand = (holds: boolean, what: string) => {
    if (!holds) wrong.push(`${path}: ${what}`);
  };
  if (schema.$ref !== undefined) {
    const target = root.$defs?.[schema.$ref.replace('#/$defs/', '')];
    if (target === undefined) throw new Error(`the schema has no ${schema.$ref}`);
    wrong.push(...schemaViolations(target, value, root, path));
  }
  if ('const' in schema) demand(value === schema.const, `is ${JSON.stringify(schema.const)}`);
  if (schema.type !== undefined) demand(typeOf(value).includes(schema.type), `is a ${schema.type}`);
  if (schema.pattern !== undefined) demand(typeof value === 'string' && new RegExp(schema.pattern).test(value), `matches ${schema.pattern}`);
  if (schema.minimum !== undefined) demand(typeof value === 'number' && value >= schema.minimum, `is at least ${schema.minimum}`);
  if (Array.isArray(value)) {
    demand(value.length >= (schema.minItems ?? 0), `has at least ${schema.minItems} items`);
    value.forEach((item, index) => wrong.push(...schemaViolations(schema.items ?? {}, item, root, `${path}[${index}]`)));
    return wrong;
  }
  if (typeof value !== 'object' || value === null) return wrong;
  for (const name of schema.required ?? []) demand(name in value, `has ${name}`);
  for (const [name, member] of Object.entries(value)) {
    const known = schema.properties?.[name];
    if (known === undefined) demand(schema.additionalProperties !== false, `has no ${name}`);
    else wrong.push(...schemaViolations(known, member, root, `${path}.${name}`));
  }
  return wrong;
}

function typeOf(value: unknown): string[] {
  if (Array.isArray(value)) return ['array'];
  if (Number.isSafeInteger(value)) return ['integer', 'number'];
  return [value === null ? 'null' : typeof value];
}
