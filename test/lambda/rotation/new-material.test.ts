import type { SecretPort } from '../../../lambda/ports/key-material';
import { findNewMaterial } from '../../../lambda/rotation/decide/new-material';
import { Sensitive } from '../../../lambda/sensitive';
import { ErrorName } from '../../../src/contract/error-names';
import { Failure } from '../../../src/contract/failure';
import { aFamily, aGeneration, anEmptied } from '../../support/world/a-family';
import { aFamilyDescription } from '../../support/world/a-family-description';

const FROM_SECRET = aFamilyDescription({
  material: {
    kind: 'secret',
    secretArn: 'arn:secret',
    encoding: 'binary',
    wrappingAlgorithm: 'RSAES_OAEP_SHA_256',
    wrappingKeySpec: 'RSA_4096',
  },
});

/** A secret whose versions hold 32 times the given byte. AWSCURRENT is the last version. */
function aSecret(versions: { readonly [versionId: string]: number }): SecretPort {
  return {
    currentVersionId: async () => Object.keys(versions).at(-1)!,
    readMaterial: async ({ versionId }) => new Sensitive(Buffer.alloc(32, versions[versionId])),
    completeArn: async (secretArn) => secretArn,
    listLabels: async () => [],
    removeLabel: async () => undefined,
    pinVersion: async () => undefined,
  };
}

const ROTATED = aFamily(2, [anEmptied(1, { materialVersion: 'v1' }), aGeneration(2, { materialVersion: 'v2' })]);

test('key material that no generation has used is accepted', async () => {
  expect(await findNewMaterial(FROM_SECRET, ROTATED, aSecret({ v1: 1, v2: 2, v3: 3 }))).toBe('v3');
});

test('a family with AWS_KMS key material needs no secret version', async () => {
  expect(await findNewMaterial(aFamilyDescription(), ROTATED, aSecret({ v2: 2 }))).toBeUndefined();
});

test.each<[string, { readonly [versionId: string]: number }, RegExp]>([
  ['the version of the current generation', { v1: 1, v2: 2 }, /got version v2/],
  ['the same key material under a new version', { v2: 2, v3: 2 }, /got version v3/],
  ['the version of an older generation', { v2: 2, v1: 1 }, /got version v1/],
])('%s is refused', async (_, versions, message) => {
  await expect(findNewMaterial(FROM_SECRET, ROTATED, aSecret(versions))).rejects.toMatchObject({
    name: 'KeyMaterialDue', message: expect.stringMatching(message),
  });
});

test('another secret is accepted: it does not have the version of the current generation', async () => {
  const another = aSecret({ w1: 3 });
  const missing = new Failure(ErrorName.INVALID_REQUEST, { where: 'secret', what: 'has no version v2', remedy: 'name one' });
  const readMaterial: SecretPort['readMaterial'] = async (location) => {
    if (location.versionId === 'v2') throw missing;
    return another.readMaterial(location);
  };
  expect(await findNewMaterial(FROM_SECRET, ROTATED, { ...another, readMaterial })).toBe('w1');
});

test('a secret that cannot be read is no other secret', async () => {
  const denied = new Failure(ErrorName.ACCESS_DENIED, { where: 'secret', what: 'refused', remedy: 'allow it' });
  const secret = { ...aSecret({ v3: 3 }), readMaterial: () => Promise.reject(denied) };
  await expect(findNewMaterial(FROM_SECRET, ROTATED, secret)).rejects.toBe(denied);
});
