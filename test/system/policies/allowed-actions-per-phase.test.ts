import fc from 'fast-check';
import { ADMINISTER, ALL_CALLERS, FENCED, GATED, isFenced, lawOf, refusedByIam } from './generation-laws';
import { EVERYTHING_BY_IAM, GuardedFamily, KEY_ACTIONS, type CallerName } from './guarded-family';
import { canaryContext } from '../../../lambda/key-family/canary';
import { GENERATION_PHASES } from '../../../src/contract/family/generation-tags';

const family = new GuardedFamily();

test('the proofs cover every action on a key', () => {
  expect(KEY_ACTIONS).toEqual(
    expect.arrayContaining([...FENCED, ...GATED, ...ADMINISTER, 'kms:Decrypt', 'kms:ReEncryptFrom', 'kms:DeriveSharedSecret']),
  );
});

describe.each(GENERATION_PHASES)('in phase %s', (phase) => {
  test.each(ALL_CALLERS)('the %s is allowed exactly the actions of the law', async (caller) => {
    expect(await family.allowedActions(caller, phase)).toEqual(lawOf(caller, phase));
  });

  test.each(ALL_CALLERS)('IAM cannot allow the %s what gate and fence deny', async (caller) => {
    const allowed = await family.allowedActions(caller, phase, { identityStatements: EVERYTHING_BY_IAM });
    expect(KEY_ACTIONS.filter((action) => !allowed.includes(action))).toEqual(refusedByIam(caller, phase));
  });

  test('control role, administrators and account keep PutKeyPolicy, so that no lockout is possible', async () => {
    expect(await family.may('control', phase, 'kms:PutKeyPolicy')).toBe(true);
    expect(await family.may('administrator', phase, 'kms:PutKeyPolicy')).toBe(true);
    expect(await family.may('root', phase, 'kms:PutKeyPolicy', { identityStatements: EVERYTHING_BY_IAM })).toBe(true);
  });

  test('the fence denies the canary too, so that it can be probed', async () => {
    const encryptionContext = canaryContext({ alias: 'alias/orders' } as Parameters<typeof canaryContext>[0]);
    expect(await family.may('control', phase, 'kms:Encrypt', { encryptionContext })).toBe(!isFenced(phase));
  });
});

describe('the roles of this construct encrypt no application data', () => {
  test.each<[CallerName, string, boolean]>([
    ['control', 'canary', true], ['control', 'watch-probe', false],
    ['retirement', 'watch-probe', true], ['retirement', 'canary', false],
    ['worker', 'canary', false], ['worker', 'watch-probe', false], ['administrator', 'canary', false],
  ])('the %s may encrypt for the purpose of %s: %s', async (caller, purpose, expected) => {
    const encryptionContext = { 'cdk-kms-lifecycle:purpose': purpose, 'cdk-kms-lifecycle:family': 'alias/orders' };
    expect(await family.may(caller, 'current', 'kms:Encrypt', { encryptionContext })).toBe(expected);
  });

  test('under no other encryption context', async () => {
    const contexts = fc.dictionary(fc.string({ maxLength: 40 }), fc.oneof(fc.string(), fc.constantFrom('canary', 'watch-probe')), {
      maxKeys: 5,
    });
    await fc.assert(fc.asyncProperty(contexts, fc.constantFrom<CallerName>('control', 'retirement'), async (encryptionContext, caller) => {
      fc.pre(!('cdk-kms-lifecycle:purpose' in encryptionContext));
      expect(await family.may(caller, 'current', 'kms:Encrypt', { encryptionContext })).toBe(false);
    }));
  });
});

describe('imported key material', () => {
  const imported = new GuardedFamily({ material: 'secret' });
  const wrapping = (algorithm: string, keySpec: string) => ({
    context: { 'kms:WrappingAlgorithm': algorithm, 'kms:WrappingKeySpec': keySpec },
  });

  test('allows the control role exactly what an import needs', async () => {
    const [before, after] = [await family.allowedActions('control', 'next'), await imported.allowedActions('control', 'next')];
    expect(after.filter((action) => !before.includes(action))).toEqual(['kms:ImportKeyMaterial', 'kms:ListKeyRotations']);
    expect(await imported.may('control', 'next', 'kms:GetParametersForImport', wrapping('RSAES_OAEP_SHA_256', 'RSA_4096'))).toBe(true);
    expect(await family.may('control', 'next', 'kms:GetParametersForImport', wrapping('RSAES_OAEP_SHA_256', 'RSA_4096'))).toBe(false);
  });

  test.each([
    ['RSAES_OAEP_SHA_1', 'RSA_4096'],
    ['RSAES_OAEP_SHA_256', 'RSA_2048'],
  ])('is not wrapped in a weaker way than declared: not %s with %s', async (...weaker) => {
    expect(await imported.may('control', 'next', 'kms:GetParametersForImport', wrapping(...weaker))).toBe(false);
  });

  test('allows administrators to import it again, and not to delete it', async () => {
    const [before, after] = [
      await family.allowedActions('administrator', 'current'),
      await imported.allowedActions('administrator', 'current'),
    ];
    expect(after.filter((action) => !before.includes(action))).toEqual(['kms:GetParametersForImport', 'kms:ImportKeyMaterial']);
  });
});
