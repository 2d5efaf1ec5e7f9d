import { GuardedFamily } from './guarded-family';
import { resolveIntrinsics } from '../../../local/cloudformation/resolve-intrinsics';
import { KeyActions } from '../../../src/permissions/key-actions';
import { aliasedUseStatement, controlIdentityStatements } from '../../../src/rotation/family/family-access';
import { aStack } from '../../support/a-stack';
import { LEFT_TO_IAM } from '../../support/policy-evaluator';

const family = new GuardedFamily();
const stack = aStack();
const statement = aliasedUseStatement(stack, 'alias/orders', KeyActions.DECRYPT);
const plain = (of: typeof statement) =>
  resolveIntrinsics(stack.resolve(of.toJSON()), new Map([['AWS::Partition', { ref: 'aws', attributes: {} }]])) as object;
const identityStatements = [plain(statement)];
const named = (...aliases: string[]) => ({
  identityStatements, context: { 'kms:ResourceAliases': aliases, 'aws:ResourceTag/cdk-kms-lifecycle:family': 'alias/orders' },
});
/**
 * Whether the aliases of a key allow Decrypt, if it carries the family's tag and its key policy leaves
 * everything to IAM.
 */
const mayDecryptUnder = (aliasName: string, ...aliases: string[]) => family.may('stranger', 'current', 'kms:Decrypt', {
  identityStatements: [plain(aliasedUseStatement(stack, aliasName, KeyActions.DECRYPT))],
  context: { 'kms:ResourceAliases': aliases, 'aws:ResourceTag/cdk-kms-lifecycle:family': aliasName },
  keyPolicy: LEFT_TO_IAM,
});

test.each(['current', 'fenced', 'retiring'] as const)(
  'a principal outside the key policy decrypts what is encrypted under a %s generation, and encrypts nothing',
  async (phase) => {
    expect(await family.may('stranger', phase, 'kms:Decrypt', named('alias/orders', 'alias/orders/g3'))).toBe(true);
    expect(await family.may('stranger', phase, 'kms:Decrypt', named('alias/orders/g2'))).toBe(true);
    expect(await family.may('stranger', phase, 'kms:Encrypt', named('alias/orders/g2'))).toBe(false);
  },
);

test('a key with another alias or without an alias is not accessible', async () => {
  const mayDecrypt = (...aliases: string[]) =>
    family.may('stranger', 'current', 'kms:Decrypt', { ...named(...aliases), keyPolicy: LEFT_TO_IAM });
  expect(await mayDecrypt('alias/documents')).toBe(false);
  expect(await mayDecrypt('alias/orders-archive', 'alias/orders2/g1')).toBe(false);
  expect(await mayDecrypt('alias/orders/archive')).toBe(false);
  expect(await family.may('stranger', 'current', 'kms:Decrypt', { identityStatements, keyPolicy: LEFT_TO_IAM })).toBe(false);
});

test.each([
  'alias/o',
  'alias/gold',
  'alias/team/gamma',
  'alias/orders/gold',
  `alias/${'long-name-of-a-family/'.repeat(11)}`.slice(0, 250),
  `alias/a/g${'a/g'.repeat(9)}`,
])('the condition for %s holds for its own aliases, and for no other alias', async (aliasName) => {
  for (const alias of [aliasName, `${aliasName}/g0`, `${aliasName}/g7`, `${aliasName}/g10`, `${aliasName}/g9999`]) {
    expect([alias, await mayDecryptUnder(aliasName, alias)]).toEqual([alias, true]);
  }
  for (const alias of [
    `${aliasName}/g`,
    `${aliasName}/g01`,
    `${aliasName}/g1x`,
    `${aliasName}/gold`,
    `${aliasName}/g1/g2`,
    `${aliasName}2`,
    `x${aliasName}/g1`,
  ]) {
    expect([alias, await mayDecryptUnder(aliasName, alias)]).toEqual([alias, false]);
  }
  expect(JSON.stringify(plain(aliasedUseStatement(stack, aliasName, KeyActions.USE))).length).toBeLessThan(4096);
});

test('every character that KMS allows in an alias is either a digit or closes the key', async () => {
  for (const character of Array.from({ length: 128 }, (_, code) => String.fromCharCode(code)).filter((each) =>
    /[a-zA-Z0-9:/_-]/.test(each),
  )) {
    expect([character, await mayDecryptUnder('alias/orders', `alias/orders/g1${character}`)]).toEqual([character, /[0-9]/.test(character)]);
  }
});

test('a generation stays closed to grants by alias if it also has an alias like that of another owner', async () => {
  expect(await mayDecryptUnder('alias/orders', 'alias/orders/g3', 'alias/documents')).toBe(true);
  expect(await mayDecryptUnder('alias/orders', 'alias/orders/g3', 'alias/orders/gold')).toBe(false);
});

test('a control role recovers access to the generations of its family, and no neighbour to which it has given the tag of the family', async () => {
  const ofControl = controlIdentityStatements(stack, { aliasName: 'alias/orders', origin: 'AWS_KMS', owner: 'Shop/Orders' }).map(plain);
  const mayAdopt = (alias: string) =>
    family.may('stranger', 'current', 'kms:PutKeyPolicy', {
      identityStatements: ofControl,
      context: {
        'kms:ResourceAliases': [alias],
        'aws:ResourceTag/cdk-kms-lifecycle:family': 'alias/orders',
        'aws:ResourceTag/cdk-kms-lifecycle:owner': 'Shop/Orders',
      },
      keyPolicy: LEFT_TO_IAM,
    });
  expect([await mayAdopt('alias/orders/g3'), await mayAdopt('alias/orders')]).toEqual([true, true]);
  expect([await mayAdopt('alias/orders/gold'), await mayAdopt('alias/orders/g1x'), await mayAdopt('alias/orders/guests/g1')]).toEqual([
    false,
    false,
    false,
  ]);
});
