import fc from 'fast-check';
import { decodeRotatingKey } from '../../../lambda/key-family/resource/rotating-key-request';
import { ErrorName } from '../../../src/contract/error-names';
import { Failure } from '../../../src/contract/failure';
import { decodeGrant } from '../../../src/contract/requests/grant-request';
import { decodeImport } from '../../../src/contract/requests/import-request';
import { PropertyDecoder, type DeliveredProperties } from '../../../src/contract/requests/property-decoder';

const ALLOWED = {
  text: 'text that is not empty',
  oneOf: 'never, at, after',
  instant: 'an instant such as 2027-03-01T00:00:00.000Z',
  positiveInteger: 'a whole number from 1',
  texts: 'a list of one or more texts, none of them empty',
  textMap: 'an object of one or more members, all text',
  json: 'a JSON object as text',
};
type Kind = keyof typeof ALLOWED;

const KINDS = Object.keys(ALLOWED) as Kind[];

function decode(kind: Kind, properties: DeliveredProperties): unknown {
  const decoder = new PropertyDecoder('Custom::Example', 'Example', properties);
  switch (kind) {
    case 'oneOf': return decoder.oneOf('Name', ['never', 'at', 'after']);
    case 'json': return decoder.json('Name', 1);
    default: return decoder[kind]('Name');
  }
}

const messageOf = (what: string, given: string, allowed: string) =>
  `property Name of Custom::Example: ${what}, got ${given}; allowed: ${allowed}; `
  + 'deploy the whole stack with one version of the library: the construct Example writes this property';

test.each(KINDS)('a missing %s is reported with the property, what is wrong, what was given, what is allowed, and the remedy', (kind) => {
  expect(() => decode(kind, {})).toThrow(new Failure(ErrorName.INVALID_REQUEST, {
    where: 'property Name of Custom::Example',
    what: 'property is missing',
    given: 'nothing',
    allowed: ALLOWED[kind],
    remedy: 'deploy the whole stack with one version of the library: the construct Example writes this property',
  }));
});

test.each<[Kind, unknown]>([
  ['text', 'a'],
  ['oneOf', 'at'],
  ['instant', '2027-03-01T00:00:00.000Z'],
  ['positiveInteger', '1'],
  ['texts', ['a']],
  ['textMap', { a: '' }],
])('a valid %s is decoded', (kind, value) => {
  expect(decode(kind, { Name: value })).toEqual(kind === 'positiveInteger' ? 1 : value);
});

test.each<[Kind, string, unknown, string]>([
  ['text', 'empty text', '', 'empty text'],
  ['text', 'a list', ['a'], 'a list of 1 elements'],
  ['text', 'null', null, 'null'],
  ['text', 'a number', 5, 'a number'],
  ['oneOf', 'another word', 'soon', 'text of 4 characters'],
  ['instant', 'text without a date', 'soon', 'text of 4 characters'],
  ['positiveInteger', 'zero', '0', 'text of 1 characters'],
  ['positiveInteger', 'a negative number', '-1', 'text of 2 characters'],
  ['positiveInteger', 'a fraction', '1.5', 'text of 3 characters'],
  ['positiveInteger', 'a number that JavaScript cannot represent', '9007199254740993', 'text of 16 characters'],
  ['texts', 'an empty list', [], 'a list of 0 elements'],
  ['texts', 'a list with empty text', ['a', ''], 'a list of 2 elements'],
  ['texts', 'text', 'a', 'text of 1 characters'],
  ['textMap', 'an empty object', {}, 'an object of 0 members'],
  ['textMap', 'an object with a list', { a: ['b'] }, 'an object of 1 members'],
  ['textMap', 'null', null, 'null'],
  ['json', 'text that is not JSON', '{', 'text of 1 characters'],
  ['json', 'a JSON list', '[]', 'text of 2 characters'],
])('%s: %s is reported by its kind and size', (kind, _, value, given) => {
  expect(() => decode(kind, { Name: value })).toThrow(messageOf('property cannot be decoded', given, ALLOWED[kind]));
});

test.each([
  ['{"schema":2}', 'schema 2'],
  ['{"schema":"secret"}', 'no schema version'],
  ['{}', 'no schema version'],
])('JSON %s has another schema', (text, given) => {
  expect(() => decode('json', { Name: text })).toThrow(messageOf('property has another schema version', given, 'schema 1'));
});

describe('no error quotes a value', () => {
  const SECRET = 'hush-hush';
  const secret = () => fc.oneof(
    fc.constant<unknown>(SECRET),
    fc.constant<unknown>([SECRET]),
    fc.constant<unknown>({ [SECRET]: SECRET }),
    fc.constant<unknown>(JSON.stringify({ schema: SECRET })),
    fc.constant<unknown>(undefined),
    fc.constant<unknown>(null),
    fc.constant<unknown>(''),
  );
  const NAMES = {
    decodeImport: [
      'KeyArn',
      'SecretArn',
      'SecretVersionId',
      'SecretEncoding',
      'Expiration',
      'ExpiresAt',
      'ExpiresAfterSeconds',
      'WrappingAlgorithm',
      'WrappingKeySpec',
    ],
    decodeGrant: [
      'KeyArn',
      'Name',
      'GranteePrincipal',
      'RetiringPrincipal',
      'Operations',
      'EncryptionContextEquals',
      'EncryptionContextSubset',
    ],
    decodeRotatingKey: ['Family', 'StartFromKeyArn', 'AdoptFrom'],
  };
  const DECODERS = { decodeImport, decodeGrant, decodeRotatingKey };

  test.each(Object.keys(DECODERS) as (keyof typeof DECODERS)[])('%s', (name) => {
    const anyProperties = fc.record(Object.fromEntries(NAMES[name].map((property) => [property, secret()])));
    fc.assert(fc.property(anyProperties, (properties) => {
      const error = errorOf(() => DECODERS[name](properties));
      if (error === undefined) return;
      expect(error).toBeInstanceOf(Failure);
      expect((error as Error).message).toMatch(
        new RegExp(`^property (${NAMES[name].join('|')}) of Custom::[A-Za-z]+: property [^,]+, got [^;]+; allowed: [^;]+; deploy `),
      );
      expect((error as Error).message).not.toContain(SECRET);
    }));
  });
});

function errorOf(call: () => unknown): unknown {
  try {
    call();
    return undefined;
  } catch (error) {
    return error;
  }
}
