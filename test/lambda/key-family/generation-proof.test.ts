import { generationPolicy } from '../../../lambda/key-family/policy/generation-policy';
import { comparePolicies, isGated } from '../../../lambda/key-family/policy/policy-comparison';
import { findForeignAttribute } from '../../../lambda/key-family/proof/generation-proof';
import type { KeyDescription } from '../../../lambda/ports/keys';
import { GENERATION_PHASES } from '../../../src/contract/family/generation-tags';
import { aFamilyDescription } from '../../support/world/a-family-description';
import { POLICY } from '../../support/world/create-generation';

const KEY: KeyDescription = {
  keyId: 'k',
  keyArn: 'arn:k',
  state: 'Enabled',
  origin: 'AWS_KMS',
  keySpec: 'SYMMETRIC_DEFAULT',
  keyUsage: 'ENCRYPT_DECRYPT',
  keyManager: 'CUSTOMER',
  multiRegion: false,
  createdAt: new Date(0),
};

test.each<[string, Partial<KeyDescription>, boolean, boolean]>([
  ['a key as the family creates it', {}, true, true],
  ['key material of another origin than the declared one', { origin: 'EXTERNAL' }, false, true],
  ['a custom key store', { origin: 'AWS_CLOUDHSM' }, false, false],
  ['an external key store', { origin: 'EXTERNAL_KEY_STORE' }, false, false],
  ['key material that expires', { validTo: new Date(0) }, false, true],
  ['another key spec', { keySpec: 'RSA_4096' }, false, false],
  ['another usage', { keyUsage: 'SIGN_VERIFY' }, false, false],
  ['several Regions', { multiRegion: true }, false, false],
  ['an AWS managed key', { keyManager: 'AWS' }, false, false],
])('%s: claimed %s, a generation of an earlier declaration %s', (_, change, claimed, earlier) => {
  const fits = (exact: boolean) => findForeignAttribute(aFamilyDescription(), { ...KEY, ...change }, exact) === undefined;
  expect([fits(true), fits(false)]).toEqual([claimed, earlier]);
});

test('every policy of a generation has the gate, also one with the roles of another deployment, and no other policy has', () => {
  const roles = { control: 'arn:other', worker: 'arn:other', retirement: 'arn:other' };
  for (const phase of GENERATION_PHASES) expect(isGated(generationPolicy(aFamilyDescription({ roles }), phase))).toBe(true);
  const gated = generationPolicy(aFamilyDescription(), 'current');
  expect([POLICY, '', 'null', '{}', gated.replace(/Deny"/g, 'Allow"'), gated.replace(/"Principal":"\*"/g, '"Principal":{"AWS":"arn:x"}')]
    .map(isGated)).toEqual([false, false, false, false, false, false]);
});

test('a policy without the roles of the construct is different, and one without a deleted user is reduced', () => {
  const [user, control] = ['arn:aws:iam::111122223333:user/ann', 'arn:aws:iam::111122223333:role/control'];
  const policyOf = (...principals: string[]) => JSON.stringify({ Statement: [{ Effect: 'Allow', Principal: { AWS: principals }, Action: 'kms:*' }] });
  const roles = { control, worker: 'arn:worker', retirement: 'arn:retirement' };
  const compare = (actual: string) => comparePolicies(actual, policyOf(user, control), roles).verdict;
  expect(compare(policyOf(control, user))).toBe('same');
  expect(compare(policyOf(control))).toBe('reduced');
  expect(compare(policyOf(control, 'AROA1234567890EXAMPLE'))).toBe('reduced');
  expect(compare(policyOf(user))).toBe('different');
  expect(compare(policyOf(user, control, 'arn:aws:iam::111122223333:user/mallory'))).toBe('different');
});
