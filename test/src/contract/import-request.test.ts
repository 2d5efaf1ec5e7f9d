import fc from 'fast-check';
import { decodeImport, encodeImport, type ImportProperties, type ImportRequest } from '../../../src/contract/requests/import-request';
import { UnusableProperty } from '../../../src/contract/requests/unusable-property';

const word = () => fc.stringMatching(/^[A-Za-z0-9:/_.-]{1,40}$/);

function anImportRequest(): fc.Arbitrary<ImportRequest> {
  return fc.record({
    keyArn: word(),
    secret: fc.record({ secretArn: word(), versionId: fc.option(word(), { nil: undefined }), encoding: fc.constantFrom('binary', 'base64', 'hex') }),
    expiration: fc.oneof(
      fc.constant({ kind: 'never' } as const),
      fc.date({ min: new Date('1980-01-01'), max: new Date('2100-01-01'), noInvalidDate: true }).map((date) => ({ kind: 'at', at: date.toISOString() } as const)),
      fc.integer({ min: 1, max: 365 * 86400 }).map((seconds) => ({ kind: 'after', seconds } as const)),
    ),
    wrappingAlgorithm: word(),
    wrappingKeySpec: word(),
  });
}

/** What is undefined is left out; every other leaf becomes text. */
function throughCloudFormation(properties: ImportProperties): ImportProperties {
  const delivered = Object.entries(properties).filter(([, value]) => value !== undefined).map(([name, value]) => [name, String(value)]);
  return { ServiceToken: 'token', ServiceTimeout: '300', ...Object.fromEntries(delivered) as ImportProperties };
}

test('decoding undoes what CloudFormation did to encoding', () => {
  fc.assert(fc.property(anImportRequest(), (request) => {
    expect(decodeImport(throughCloudFormation(encodeImport(request)))).toEqual(request);
  }));
});

const GOOD: ImportProperties = {
  KeyArn: 'key', SecretArn: 'secret', SecretEncoding: 'binary', Expiration: 'never', WrappingAlgorithm: 'RSAES_OAEP_SHA_256', WrappingKeySpec: 'RSA_4096',
};

test.each<[string, ImportProperties, string]>([
  ['a missing key', { KeyArn: undefined }, 'KeyArn: property is not usable, got nothing; allowed: text'],
  ['an empty version', { SecretVersionId: '' }, 'SecretVersionId: property is not usable, got ""; allowed: text'],
  ['an unknown encoding', { SecretEncoding: 'rot13' }, 'SecretEncoding: property is not usable, got rot13; allowed: binary, base64, hex'],
  ['an unknown expiration', { Expiration: 'soon' }, 'Expiration: property is not usable, got soon; allowed: never, at, after'],
  ['an instant that is none', { Expiration: 'at', ExpiresAt: 'soon' }, 'ExpiresAt: property is not usable, got soon; allowed: an instant'],
  ['a period that is none', { Expiration: 'after', ExpiresAfterSeconds: '-1' }, 'ExpiresAfterSeconds: property is not usable, got -1; allowed: a whole number'],
])('%s is refused with the name of the property', (_, change, message) => {
  const decode = () => decodeImport({ ...GOOD, ...change });
  expect(decode).toThrow(UnusableProperty);
  expect(decode).toThrow(`Custom::KmsKeyMaterial ${message}`);
});
