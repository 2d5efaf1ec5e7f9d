import { GuardedFamily, PEOPLE, type Person } from './a-guarded-family';
import { GenerationTag } from '../../../src/contract/family/generation-tags';
import { KEY_ARN, LEFT_TO_IAM } from '../../support/policy-evaluator';

const family = new GuardedFamily();
const imported = new GuardedFamily({ material: 'secret' });

const ORDERS = { [GenerationTag.FAMILY]: 'alias/orders', [GenerationTag.STATE]: 'unclaimed', team: 'orders' };
/** What the control function asks for, as condition keys. */
const KEY = { 'kms:KeySpec': 'SYMMETRIC_DEFAULT', 'kms:KeyUsage': 'ENCRYPT_DECRYPT', 'kms:KeyOrigin': 'AWS_KMS' };

test('the control role makes symmetric keys with the tag of its family', async () => {
  expect(await family.mayInAccount('control', 'kms:CreateKey', { tags: ORDERS, context: KEY })).toBe(true);
  expect(await imported.mayInAccount('control', 'kms:CreateKey', { tags: ORDERS, context: { ...KEY, 'kms:KeyOrigin': 'EXTERNAL' } })).toBe(true);
  const explicit = { ...KEY, 'kms:BypassPolicyLockoutSafetyCheck': 'false', 'kms:MultiRegion': 'false' };
  expect(await family.mayInAccount('control', 'kms:CreateKey', { tags: ORDERS, context: explicit })).toBe(true);
});

test.each<[string, object]>([
  ['for signing', { context: { ...KEY, 'kms:KeySpec': 'ECC_NIST_P256', 'kms:KeyUsage': 'SIGN_VERIFY' } }],
  ['for MACs', { context: { ...KEY, 'kms:KeySpec': 'HMAC_256', 'kms:KeyUsage': 'GENERATE_VERIFY_MAC' } }],
  ['with material from elsewhere than was declared', { context: { ...KEY, 'kms:KeyOrigin': 'EXTERNAL' } }],
  ['in a custom key store', { context: { ...KEY, 'kms:KeyOrigin': 'AWS_CLOUDHSM' } }],
  ['that nobody can manage afterwards', { context: { ...KEY, 'kms:BypassPolicyLockoutSafetyCheck': 'true' } }],
  ['for many Regions', { context: { ...KEY, 'kms:MultiRegion': 'true' } }],
  ['of another family', { tags: { ...ORDERS, [GenerationTag.FAMILY]: 'alias/documents' } }],
  ['of a family whose name only begins like its own', { tags: { ...ORDERS, [GenerationTag.FAMILY]: 'alias/orders-archive' } }],
  ['of no family', { tags: { team: 'orders' } }],
  ['without any tag', { tags: undefined }],
])('the control role makes no key %s', async (_, request) => {
  expect(await family.mayInAccount('control', 'kms:CreateKey', { tags: ORDERS, context: KEY, ...request })).toBe(false);
});

test.each(Object.keys(PEOPLE).filter((person) => person !== 'control') as Person[])('the %s makes no keys by anything that this library says', async (person) => {
  expect(await family.mayInAccount(person, 'kms:CreateKey', { tags: ORDERS, context: KEY })).toBe(false);
});

test.each(['kms:CreateAlias', 'kms:UpdateAlias', 'kms:DeleteAlias'])('the control role has %s on the aliases of its family, and on no other', async (action) => {
  const on = (alias: string) => family.may('control', 'current', action, { alias });
  expect(await on('alias/orders')).toBe(true);
  expect(await on('alias/orders/g12')).toBe(true);
  expect(await on('alias/orders-archive')).toBe(false);
  expect(await on('alias/orders2/g1')).toBe(false);
  expect(await on('alias/documents')).toBe(false);
});

test('who looks for generations may list, and nobody else needs to', async () => {
  const mayList = async (person: Person) => [await family.mayInAccount(person, 'kms:ListKeys'), await family.mayInAccount(person, 'kms:ListAliases')];
  expect(await mayList('control')).toEqual([true, true]);
  expect(await mayList('retirement')).toEqual([false, true]);
  expect(await mayList('worker')).toEqual([false, false]);
});

describe('to keys of others that leave access to IAM', () => {
  test('our roles do nothing but read their tags', async () => {
    expect(await family.everythingThat('control', 'current', { keyPolicy: LEFT_TO_IAM })).toEqual(['kms:ListResourceTags']);
    expect(await family.everythingThat('retirement', 'current', { keyPolicy: LEFT_TO_IAM })).toEqual([]);
    expect(await family.everythingThat('worker', 'current', { keyPolicy: LEFT_TO_IAM })).toEqual([]);
  });

  test('the control role could put the tag of its family, and no other: the price of tagging a key while it is made', async () => {
    const may = (tags: Record<string, string>) => family.may('control', 'current', 'kms:TagResource', { keyPolicy: LEFT_TO_IAM, tags });
    expect(await may({ [GenerationTag.FAMILY]: 'alias/orders' })).toBe(true);
    expect(await may({ [GenerationTag.FAMILY]: 'alias/documents' })).toBe(false);
    expect(await may({ team: 'orders' })).toBe(false);
  });
});

test('an existing key that leaves access to IAM is brought under the policy of the family, and is not used, disabled or deleted', async () => {
  const goesOn = new GuardedFamily({ startFromKeyArn: KEY_ARN });
  expect(await goesOn.everythingThat('control', 'current', { keyPolicy: LEFT_TO_IAM })).toEqual([
    'kms:CreateAlias', 'kms:DescribeKey', 'kms:ListResourceTags', 'kms:PutKeyPolicy', 'kms:TagResource',
  ]);
  expect(await goesOn.may('control', 'current', 'kms:CreateAlias', { keyPolicy: LEFT_TO_IAM, alias: 'alias/orders/g0' })).toBe(true);
  expect(await goesOn.may('control', 'current', 'kms:CreateAlias', { keyPolicy: LEFT_TO_IAM, alias: 'alias/documents' })).toBe(false);
});
