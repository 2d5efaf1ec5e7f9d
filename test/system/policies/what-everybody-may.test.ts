import fc from 'fast-check';
import { EVERYTHING_BY_IAM, GuardedFamily, KEY_ACTIONS, type Person } from './a-guarded-family';
import { ADMINISTER, EVERYBODY, FENCED, GATED, isFenced, lawOf, refusedByIam } from './generation-laws';
import { canaryContext } from '../../../lambda/key-family/canary';
import { GENERATION_PHASES } from '../../../src/contract/family/generation-tags';

const family = new GuardedFamily();

test('the proofs look at every action that there is on a key', () => {
  expect(KEY_ACTIONS).toEqual(expect.arrayContaining([...FENCED, ...GATED, ...ADMINISTER, 'kms:Decrypt', 'kms:ReEncryptFrom', 'kms:DeriveSharedSecret']));
});

describe.each(GENERATION_PHASES)('with a generation that is %s', (phase) => {
  test.each(EVERYBODY)('the %s may do exactly this', async (person) => {
    expect(await family.everythingThat(person, phase)).toEqual(lawOf(person, phase));
  });

  test.each(EVERYBODY)('not even IAM can let the %s pass gate and fence', async (person) => {
    const allowed = await family.everythingThat(person, phase, { identityStatements: EVERYTHING_BY_IAM });
    expect(KEY_ACTIONS.filter((action) => !allowed.includes(action))).toEqual(refusedByIam(person, phase));
  });

  test('nobody is locked out: control role, administrators and account keep PutKeyPolicy', async () => {
    expect(await family.may('control', phase, 'kms:PutKeyPolicy')).toBe(true);
    expect(await family.may('administrator', phase, 'kms:PutKeyPolicy')).toBe(true);
    expect(await family.may('root', phase, 'kms:PutKeyPolicy', { identityStatements: EVERYTHING_BY_IAM })).toBe(true);
  });

  test('the fence stops the canary too, or it could not be probed', async () => {
    const encryptionContext = canaryContext({ alias: 'alias/orders' } as Parameters<typeof canaryContext>[0]);
    expect(await family.may('control', phase, 'kms:Encrypt', { encryptionContext })).toBe(!isFenced(phase));
  });
});

describe('our own roles encrypt nothing that could be data', () => {
  test.each<[Person, string, boolean]>([
    ['control', 'canary', true], ['control', 'echo', false],
    ['retirement', 'echo', true], ['retirement', 'canary', false],
    ['worker', 'canary', false], ['worker', 'echo', false], ['administrator', 'canary', false],
  ])('the %s may encrypt for the purpose of %s: %s', async (person, purpose, expected) => {
    const encryptionContext = { 'cdk-kms-lifecycle:purpose': purpose, 'cdk-kms-lifecycle:family': 'alias/orders' };
    expect(await family.may(person, 'current', 'kms:Encrypt', { encryptionContext })).toBe(expected);
  });

  test('under no other encryption context', async () => {
    const contexts = fc.dictionary(fc.string({ maxLength: 40 }), fc.oneof(fc.string(), fc.constantFrom('canary', 'echo')), { maxKeys: 5 });
    await fc.assert(fc.asyncProperty(contexts, fc.constantFrom<Person>('control', 'retirement'), async (encryptionContext, person) => {
      fc.pre(!('cdk-kms-lifecycle:purpose' in encryptionContext));
      expect(await family.may(person, 'current', 'kms:Encrypt', { encryptionContext })).toBe(false);
    }));
  });
});

describe('material from outside', () => {
  const imported = new GuardedFamily({ material: 'secret' });
  const wrapping = (algorithm: string, keySpec: string) => ({ context: { 'kms:WrappingAlgorithm': algorithm, 'kms:WrappingKeySpec': keySpec } });

  test('gives the control role exactly what an import needs', async () => {
    const [before, after] = [await family.everythingThat('control', 'next'), await imported.everythingThat('control', 'next')];
    expect(after.filter((action) => !before.includes(action))).toEqual(['kms:ImportKeyMaterial', 'kms:ListKeyRotations']);
    expect(await imported.may('control', 'next', 'kms:GetParametersForImport', wrapping('RSAES_OAEP_SHA_256', 'RSA_4096'))).toBe(true);
    expect(await family.may('control', 'next', 'kms:GetParametersForImport', wrapping('RSAES_OAEP_SHA_256', 'RSA_4096'))).toBe(false);
  });

  test.each([['RSAES_OAEP_SHA_1', 'RSA_4096'], ['RSAES_OAEP_SHA_256', 'RSA_2048']])('is wrapped no weaker way than was declared: not %s with %s', async (...weaker) => {
    expect(await imported.may('control', 'next', 'kms:GetParametersForImport', wrapping(...weaker))).toBe(false);
  });

  test('lets administrators import it again, and never delete it', async () => {
    const [before, after] = [await family.everythingThat('administrator', 'current'), await imported.everythingThat('administrator', 'current')];
    expect(after.filter((action) => !before.includes(action))).toEqual(['kms:GetParametersForImport', 'kms:ImportKeyMaterial']);
  });
});
