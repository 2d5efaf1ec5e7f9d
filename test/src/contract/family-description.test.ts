import fc from 'fast-check';
import { familyDescription, text } from './arbitraries';
import { throughCloudFormation } from './through-cloudformation';
import { decodeRotatingKey } from '../../../lambda/key-family/resource/rotating-key-request';
import { FAMILY_SCHEMA, type FamilyDescription } from '../../../src/contract/family/family-description';
import type { RotatingKeyProperties, RotatingKeyRequest } from '../../../src/contract/family/rotating-key-resource';
import { aFamilyDescription } from '../../support/world/a-family-description';

/** As the construct `RotatingKey` encodes a request. */
const encode = ({ family, startFromKeyArn, adoptFrom }: RotatingKeyRequest): Partial<RotatingKeyProperties> =>
  ({ Family: JSON.stringify(family), StartFromKeyArn: startFromKeyArn, AdoptFrom: adoptFrom });

const rotatingKeyRequest = (): fc.Arbitrary<RotatingKeyRequest> =>
  fc.record({ family: familyDescription(), startFromKeyArn: text(), adoptFrom: text() }, { requiredKeys: ['family'] });

test('a family is the same after JSON', () => {
  fc.assert(fc.property(familyDescription(), (family) => {
    expect(JSON.parse(JSON.stringify(family))).toEqual(family);
  }));
});

test('a request is the same after encoding, delivery by CloudFormation and decoding: numbers and booleans keep their type', () => {
  fc.assert(fc.property(rotatingKeyRequest(), (request) => {
    expect(decodeRotatingKey(throughCloudFormation(encode(request)))).toEqual(request);
  }));
});

test('a family as an object, whose numbers and booleans CloudFormation turned into text, is refused', () => {
  expect(() => decodeRotatingKey(throughCloudFormation({ Family: aFamilyDescription() }))).toThrow(
    /^property Family of Custom::RotatingKey: property cannot be decoded, got an object of \d+ members; allowed: a JSON object as text; deploy the whole stack with one/,
  );
});

test.each<[string, object, RegExp]>([
  ['a missing family', { Family: undefined }, /^property Family of .*: property is missing, got nothing/],
  [
    'a family without a schema version',
    { Family: '{}' },
    /^property Family of .*: property has another schema version, got no schema version; allowed: schema 1/,
  ],
  [
    'a family of a later version',
    { Family: JSON.stringify({ ...aFamilyDescription(), schema: FAMILY_SCHEMA + 1 }) },
    /got schema 2; allowed: schema 1/,
  ],
  ['an empty key ARN', { StartFromKeyArn: '' }, /^property StartFromKeyArn of .*: property cannot be decoded, got empty text/],
  ['an owner that is a list', { AdoptFrom: ['a', 'b'] }, /^property AdoptFrom of .*: property cannot be decoded, got a list of 2 elements/],
])('%s is refused with the name of the property', (_, change, message) => {
  expect(() => decodeRotatingKey(throughCloudFormation({ Family: JSON.stringify(aFamilyDescription()), ...change }))).toThrow(
    expect.objectContaining({ name: 'InvalidRequest', message: expect.stringMatching(message) }),
  );
});

test('no error quotes the policy of a family', () => {
  const family = { ...aFamilyDescription({ policyDocument: 'confidential' }), schema: 7 } as unknown as FamilyDescription;
  for (const Family of [JSON.stringify(family), JSON.stringify(family).slice(0, -1), family]) {
    expect(() => decodeRotatingKey({ Family })).toThrow(expect.objectContaining({ message: expect.not.stringContaining('confidential') }));
  }
});
