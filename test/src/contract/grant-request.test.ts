import fc from 'fast-check';
import { decodeGrant, encodeGrant, type GrantProperties, type GrantRequest } from '../../../src/contract/requests/grant-request';
import { UnusableProperty } from '../../../src/contract/requests/unusable-property';

const word = () => fc.stringMatching(/^[A-Za-z0-9:/_.-]{1,40}$/);

function aGrantRequest(): fc.Arbitrary<GrantRequest> {
  const pairs = fc.dictionary(word(), fc.string(), { minKeys: 1, maxKeys: 8 });
  const operations = fc.uniqueArray(word(), { minLength: 1 }).map((names) => names.sort());
  const terms = { keyArn: word(), name: word(), granteePrincipal: word(), retiringPrincipal: word(), operations };
  return fc.oneof(fc.record(terms), fc.record({ ...terms, constraint: fc.record({ kind: fc.constantFrom('equals', 'subset'), pairs }) }));
}

/** What is undefined is left out. */
function throughCloudFormation(properties: GrantProperties): GrantProperties {
  return { ServiceToken: 'token', ServiceTimeout: '300', ...JSON.parse(JSON.stringify(properties)) as GrantProperties };
}

test('decoding undoes what CloudFormation did to encoding', () => {
  fc.assert(fc.property(aGrantRequest(), (request) => {
    expect(decodeGrant(throughCloudFormation(encodeGrant(request)))).toEqual(request);
  }));
});

const GOOD: GrantProperties = { KeyArn: 'key', Name: 'name', GranteePrincipal: 'grantee', RetiringPrincipal: 'maker', Operations: ['Decrypt'] };

test.each<[string, GrantProperties, string]>([
  ['a missing key', { KeyArn: undefined }, 'KeyArn: property is not usable, got nothing; allowed: text'],
  ['a list of no operations', { Operations: [] }, 'Operations: property is not usable, got []; allowed: a list of texts'],
  ['operations that are no list', { Operations: 'Decrypt' }, 'Operations: property is not usable, got "Decrypt"; allowed: a list of texts'],
  ['an empty context', { EncryptionContextSubset: {} }, 'EncryptionContextSubset: property is not usable, got {}; allowed: names and values, all text'],
  ['both constraints', { EncryptionContextSubset: { a: 'b' }, EncryptionContextEquals: { a: 'b' } }, 'EncryptionContextSubset: property is not usable, got EncryptionContextEquals as well'],
])('%s is refused with the name of the property', (_, change, message) => {
  const decode = () => decodeGrant({ ...GOOD, ...change });
  expect(decode).toThrow(UnusableProperty);
  expect(decode).toThrow(`Custom::KmsGrant ${message}`);
});
