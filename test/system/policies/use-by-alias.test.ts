import { GuardedFamily } from './guarded-family';
import { resolveIntrinsics } from '../../../local/cloudformation/resolve-intrinsics';
import { KeyActions } from '../../../src/permissions/key-actions';
import { aliasedUseStatement } from '../../../src/rotation/family/family-access';
import { aStack } from '../../support/a-stack';
import { LEFT_TO_IAM } from '../../support/policy-evaluator';

const family = new GuardedFamily();
const stack = aStack();
const statement = aliasedUseStatement(stack, 'alias/orders', KeyActions.DECRYPT);
const identityStatements = [resolveIntrinsics(stack.resolve(statement.toJSON()), new Map([['AWS::Partition', { ref: 'aws', attributes: {} }]])) as object];
const named = (...aliases: string[]) => ({
  identityStatements, context: { 'kms:ResourceAliases': aliases, 'aws:ResourceTag/cdk-kms-lifecycle:family': 'alias/orders' },
});

test.each(['current', 'fenced', 'retiring'] as const)('a principal outside the key policy decrypts what is encrypted under a %s generation, and encrypts nothing', async (phase) => {
  expect(await family.may('stranger', phase, 'kms:Decrypt', named('alias/orders', 'alias/orders/g3'))).toBe(true);
  expect(await family.may('stranger', phase, 'kms:Decrypt', named('alias/orders/g2'))).toBe(true);
  expect(await family.may('stranger', phase, 'kms:Encrypt', named('alias/orders/g2'))).toBe(false);
});

test('a key with another alias or without an alias is not accessible', async () => {
  const mayDecrypt = (...aliases: string[]) => family.may('stranger', 'current', 'kms:Decrypt', { ...named(...aliases), keyPolicy: LEFT_TO_IAM });
  expect(await mayDecrypt('alias/documents')).toBe(false);
  expect(await mayDecrypt('alias/orders-archive', 'alias/orders2/g1')).toBe(false);
  expect(await mayDecrypt('alias/orders/archive')).toBe(false);
  expect(await family.may('stranger', 'current', 'kms:Decrypt', { identityStatements, keyPolicy: LEFT_TO_IAM })).toBe(false);
});
