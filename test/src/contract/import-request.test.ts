import fc from 'fast-check';
import { throughCloudFormation } from './through-cloudformation';
import { Failure } from '../../../src/contract/failure';
import { decodeImport, encodeImport, type ImportProperties, type ImportRequest } from '../../../src/contract/requests/import-request';

const word = () => fc.stringMatching(/^[A-Za-z0-9:/_.-]{1,40}$/);

function anImportRequest(): fc.Arbitrary<ImportRequest> {
  return fc.record({
    keyArn: word(),
    secret: fc.record({
      secretArn: word(),
      versionId: fc.option(word(), { nil: undefined }),
      encoding: fc.constantFrom('binary', 'base64', 'hex'),
    }),
    expiration: fc.oneof(
      fc.constant({ kind: 'never' } as const),
      fc
        .date({ min: new Date('1980-01-01'), max: new Date('2100-01-01'), noInvalidDate: true })
        .map((date) => ({ kind: 'at', at: date.toISOString() }) as const),
      fc.integer({ min: 1, max: 365 * 86400 }).map((seconds) => ({ kind: 'after', seconds }) as const),
    ),
    wrappingAlgorithm: word(),
    wrappingKeySpec: word(),
  });
}

test('a request is the same after encoding, delivery by CloudFormation and decoding', () => {
  fc.assert(fc.property(anImportRequest(), (request) => {
    expect(decodeImport(throughCloudFormation(encodeImport(request)))).toEqual(request);
  }));
});

const GOOD: ImportProperties = {
  KeyArn: 'key',
  SecretArn: 'secret',
  SecretEncoding: 'binary',
  Expiration: 'never',
  WrappingAlgorithm: 'RSAES_OAEP_SHA_256',
  WrappingKeySpec: 'RSA_4096',
};

test.each<[string, ImportProperties, string]>([
  ['a missing key', { KeyArn: undefined }, 'KeyArn of Custom::KmsKeyMaterial: property is missing, got nothing; allowed: text'],
  [
    'an empty version',
    { SecretVersionId: '' },
    'SecretVersionId of Custom::KmsKeyMaterial: property cannot be decoded, got empty text; allowed: text',
  ],
  [
    'an unknown encoding',
    { SecretEncoding: 'rot13' },
    'SecretEncoding of Custom::KmsKeyMaterial: property cannot be decoded, got text of 5 characters; allowed: binary, base64, hex',
  ],
  [
    'an unknown expiration',
    { Expiration: 'soon' },
    'Expiration of Custom::KmsKeyMaterial: property cannot be decoded, got text of 4 characters; allowed: never, at, after',
  ],
  [
    'an instant without a date',
    { Expiration: 'at', ExpiresAt: 'soon' },
    'ExpiresAt of Custom::KmsKeyMaterial: property cannot be decoded, got text of 4 characters; allowed: an instant',
  ],
  [
    'a negative period',
    { Expiration: 'after', ExpiresAfterSeconds: '-1' },
    'ExpiresAfterSeconds of Custom::KmsKeyMaterial: property cannot be decoded, got text of 2 characters; allowed: a whole number',
  ],
])('%s is refused with the name of the property', (_, change, message) => {
  const decode = () => decodeImport({ ...GOOD, ...change });
  expect(decode).toThrow(Failure);
  expect(decode).toThrow(`property ${message}`);
});
