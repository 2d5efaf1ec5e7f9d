import * as sdk from '@aws-sdk/client-kms';
import { OPERATIONS } from '../../../../local/kms/operations/operations-table';
import type { Form } from '../../../../local/kms/protocol/shape';
import { aLocalKms, refusalOf } from '../local-kms-bench';

/*
 * The SDK describes every request as data: a structure is [3, namespace, name, traits, names of members, their schemas,
 * how many are required], and required members come first. A schema may be a function that gives it, or a pair of
 * schema and traits.
 */
type Schema = unknown;
const STRUCTURE = 3;
const LIST = 1;
const MAP = 2;
const STRING = 0;
const BOOLEAN = 2;
const TIMESTAMP = 4;
const NUMBER = 1;
const BLOB = 21;
const LIST_OF = 64;
const MAP_OF = 128;

describe('the request of each operation has the members of the SDK, of the same kinds, and no others', () => {
  test.each(Object.keys(OPERATIONS))('%s', (name) => {
    const operation = OPERATIONS[name as keyof typeof OPERATIONS]!;
    const schema = (sdk as unknown as Record<string, Schema>)[`${name}Request$`];
    expect(ours(operation.request.form)).toEqual(theirs(schema));
  });
});

test('the pattern of a refusal is spelled as in AWS\'s model, and means the whole text', async () => {
  const { kms } = await aLocalKms();
  expect(await refusalOf(kms.createAlias({ AliasName: 'alias/a b', TargetKeyId: 'any' }))).toBe(
    'ValidationException: 1 validation error detected: Value \'alias/a b\' at \'aliasName\' failed to satisfy constraint: '
    + 'Member must satisfy regular expression pattern: ^[a-zA-Z0-9:/_-]+$');
  expect(await refusalOf(kms.getKeyPolicy({ KeyId: 'any', PolicyName: 'a-b' }))).toBe(
    'ValidationException: 1 validation error detected: Value \'a-b\' at \'policyName\' failed to satisfy constraint: '
    + 'Member must satisfy regular expression pattern: [\\w]+');
  expect(await refusalOf(kms.listKeys({ Marker: 'ж' }))).toBe(
    'ValidationException: 1 validation error detected: Value \'ж\' at \'marker\' failed to satisfy constraint: '
    + 'Member must satisfy regular expression pattern: [\\u0020-\\u00FF]*');
});

/** A form, reduced to what SDKs know of it: they know no limits and no sets of names. */
function ours(form: Form): unknown {
  switch (form.kind) {
    case 'choice': return 'text';
    case 'list': return { list: ours(form.member) };
    case 'structure': return members(Object.entries(form.members).map(([name, member]) => [name, ours(member.form), member.required]));
    default: return form.kind;
  }
}

function theirs(given: Schema): unknown {
  const schema = typeof given === 'function' ? given() as Schema : given;
  if (!Array.isArray(schema)) return simple(schema);
  // A pair of schema and traits, as in [() => PlaintextType, 0], or the named simple type itself, as in [0, namespace,
  // name, traits, 21].
  if (schema.length === 2) return theirs(schema[0]);
  switch (schema[0]) {
    case STRUCTURE: {
      const [, , , , names, schemas, required = 0] = schema as [unknown, unknown, unknown, unknown, string[], Schema[], number?];
      return members(names.map((name, index) => [name, theirs(schemas[index]), index < required]));
    }
    case LIST: return { list: theirs(schema[4]) };
    case MAP: return 'stringMap';
    default: return theirs(schema[4]);
  }
}

function simple(schema: Schema): unknown {
  const kinds: Record<number, unknown> = {
    [STRING]: 'text',
    [NUMBER]: 'integer',
    [BOOLEAN]: 'flag',
    [TIMESTAMP]: 'timestamp',
    [BLOB]: 'blob',
    [LIST_OF + STRING]: { list: 'text' },
    [MAP_OF + STRING]: 'stringMap',
  };
  const kind = kinds[schema as number];
  if (kind === undefined) throw new Error(`unknown schema ${String(schema)}`);
  return kind;
}

function members(all: [name: string, kind: unknown, required: boolean][]): unknown {
  return Object.fromEntries(all.map(([name, kind, required]) => [name, { kind, required }]));
}
