import fc from 'fast-check';
import { throughCloudFormation } from './through-cloudformation';
import { Failure } from '../../../src/contract/failure';
import { decodeGrant, encodeGrant, type GrantProperties, type GrantRequest } from '../../../src/contract/requests/grant-request';

const word = () => fc.stringMatching(/^[A-Za-z0-9:/_.-]{1,40}$/);

function aGrantRequest(): fc.Arbitrary<GrantRequest> {
  const pairs = fc.dictionary(word(), fc.string(), { minKeys: 1, maxKeys: 8 });
  const operations = fc.uniqueArray(word(), { minLength: 1 }).map((names) => names.sort());
  const terms = { keyArn: word(), name: word(), granteePrincipal: word(), retiringPrincipal: word(), operations };
  return fc.oneof(fc.record(terms), fc.record({ ...terms, constraint: fc.record({ kind: fc.constantFrom('equals', 'subset'), pairs }) }));
}

test('a request is the same after encoding, delivery by CloudFormation and decoding', () => {
  fc.assert(fc.property(aGrantRequest(), (request) => {
    expect(decodeGrant(throughCloudFormation(encodeGrant(request)))).toEqual(request);
  }));
});

const GOOD: GrantProperties = {
  KeyArn: 'key',
  Name: 'name',
  GranteePrincipal: 'grantee',
  RetiringPrincipal: 'maker',
  Operations: ['Decrypt'],
};

test.each<[string, GrantProperties, string]>([
  ['a missing key', { KeyArn: undefined }, 'KeyArn of Custom::KmsGrant: property is missing, got nothing; allowed: text'],
  [
    'an empty list of operations',
    { Operations: [] },
    'Operations of Custom::KmsGrant: property cannot be decoded, got a list of 0 elements; allowed: a list',
  ],
  [
    'text instead of a list of operations',
    { Operations: 'Decrypt' },
    'Operations of Custom::KmsGrant: property cannot be decoded, got text of 7 characters',
  ],
  [
    'an empty context',
    { EncryptionContextSubset: {} },
    'EncryptionContextSubset of Custom::KmsGrant: property cannot be decoded, got an object of 0 members',
  ],
  [
    'a second constraint',
    { EncryptionContextSubset: { a: 'b' }, EncryptionContextEquals: { a: 'b' } },
    'EncryptionContextSubset of Custom::KmsGrant: property contradicts the property EncryptionContextEquals, got both properties; allowed: one of the two',
  ],
])('%s is refused with the name of the property', (_, change, message) => {
  const decode = () => decodeGrant({ ...GOOD, ...change });
  expect(decode).toThrow(Failure);
  expect(decode).toThrow(`property ${message}`);
});
