import { GuardedFamily, OWNER, PRINCIPALS, type CallerName } from './guarded-family';
import { GenerationTag } from '../../../src/contract/family/generation-tags';
import { KEY_ARN, LEFT_TO_IAM } from '../../support/policy-evaluator';

const family = new GuardedFamily();
const imported = new GuardedFamily({ material: 'secret' });

const ORDERS = {
  [GenerationTag.FAMILY]: 'alias/orders',
  [GenerationTag.OWNER]: OWNER,
  [GenerationTag.STATE]: 'unclaimed',
  [GenerationTag.PHASE]: 'next',
  team: 'orders',
};
/** The CreateKey request of the control function, as condition keys. */
const KEY = { 'kms:KeySpec': 'SYMMETRIC_DEFAULT', 'kms:KeyUsage': 'ENCRYPT_DECRYPT', 'kms:KeyOrigin': 'AWS_KMS' };

test('the control role creates symmetric keys with the tag of its family', async () => {
  expect(await family.mayInAccount('control', 'kms:CreateKey', { tags: ORDERS, context: KEY })).toBe(true);
  expect(await imported.mayInAccount('control', 'kms:CreateKey', { tags: ORDERS, context: { ...KEY, 'kms:KeyOrigin': 'EXTERNAL' } })).toBe(
    true,
  );
  const explicit = { ...KEY, 'kms:BypassPolicyLockoutSafetyCheck': 'false', 'kms:MultiRegion': 'false' };
  expect(await family.mayInAccount('control', 'kms:CreateKey', { tags: ORDERS, context: explicit })).toBe(true);
});

test.each<[string, object]>([
  ['for signing', { context: { ...KEY, 'kms:KeySpec': 'ECC_NIST_P256', 'kms:KeyUsage': 'SIGN_VERIFY' } }],
  ['for MACs', { context: { ...KEY, 'kms:KeySpec': 'HMAC_256', 'kms:KeyUsage': 'GENERATE_VERIFY_MAC' } }],
  ['with another origin than declared', { context: { ...KEY, 'kms:KeyOrigin': 'EXTERNAL' } }],
  ['in a custom key store', { context: { ...KEY, 'kms:KeyOrigin': 'AWS_CLOUDHSM' } }],
  ['without the lockout safety check', { context: { ...KEY, 'kms:BypassPolicyLockoutSafetyCheck': 'true' } }],
  ['of several Regions', { context: { ...KEY, 'kms:MultiRegion': 'true' } }],
  ['of another family', { tags: { ...ORDERS, [GenerationTag.FAMILY]: 'alias/documents' } }],
  ['of a family whose alias has the same prefix', { tags: { ...ORDERS, [GenerationTag.FAMILY]: 'alias/orders-archive' } }],
  ['of no family', { tags: { team: 'orders' } }],
  ['without any tag', { tags: undefined }],
])('the control role creates no key %s', async (_, request) => {
  expect(await family.mayInAccount('control', 'kms:CreateKey', { tags: ORDERS, context: KEY, ...request })).toBe(false);
});

test.each(Object.keys(PRINCIPALS).filter((caller) => caller !== 'control') as CallerName[])(
  'this library does not allow the %s to create keys',
  async (caller) => {
    expect(await family.mayInAccount(caller, 'kms:CreateKey', { tags: ORDERS, context: KEY })).toBe(false);
  },
);

test.each(['kms:CreateAlias', 'kms:UpdateAlias', 'kms:DeleteAlias'])(
  'the control role has %s on the aliases of its family, and on no other',
  async (action) => {
    const on = (alias: string) => family.may('control', 'current', action, { alias });
    expect(await on('alias/orders')).toBe(true);
    expect(await on('alias/orders/g12')).toBe(true);
    expect(await on('alias/orders-archive')).toBe(false);
    expect(await on('alias/orders2/g1')).toBe(false);
    expect(await on('alias/documents')).toBe(false);
  },
);

test('only the roles that search for generations may list keys and aliases', async () => {
  const mayList = async (caller: CallerName) => [
    await family.mayInAccount(caller, 'kms:ListKeys'),
    await family.mayInAccount(caller, 'kms:ListAliases'),
  ];
  expect(await mayList('control')).toEqual([true, true]);
  expect(await mayList('retirement')).toEqual([false, true]);
  expect(await mayList('worker')).toEqual([false, false]);
});

describe('on foreign keys that delegate to IAM', () => {
  test('the roles of this construct can only read tags', async () => {
    expect(await family.allowedActions('control', 'current', { keyPolicy: LEFT_TO_IAM })).toEqual(['kms:ListResourceTags']);
    expect(await family.allowedActions('retirement', 'current', { keyPolicy: LEFT_TO_IAM })).toEqual([]);
    expect(await family.allowedActions('worker', 'current', { keyPolicy: LEFT_TO_IAM })).toEqual([]);
  });

  test('the control role can tag them as a new key of its family, and in no other way: the price of tagging a key in CreateKey', async () => {
    const may = (tags: Record<string, string>, context = {}) =>
      family.may('control', 'current', 'kms:TagResource', { keyPolicy: LEFT_TO_IAM, tags, context });
    expect(await may(ORDERS)).toBe(true);
    expect(await may({ ...ORDERS, [GenerationTag.FAMILY]: 'alias/documents' })).toBe(false);
    expect(await may({ ...ORDERS, [GenerationTag.STATE]: 'claimed' })).toBe(false);
    expect(await may({ ...ORDERS, [GenerationTag.PHASE]: 'current' })).toBe(false);
    expect(await may({ [GenerationTag.FAMILY]: 'alias/orders' })).toBe(false);
    expect(await may({ team: 'orders' })).toBe(false);
    expect(await may(ORDERS, { [`aws:ResourceTag/${GenerationTag.FAMILY}`]: 'alias/documents' })).toBe(false);
  });
});

describe('a control role that was created again, which no key policy names,', () => {
  const RECOVERED = ['kms:DescribeKey', 'kms:GetKeyPolicy', 'kms:PutKeyPolicy'];
  const OTHERS = ['kms:Decrypt', 'kms:Encrypt', 'kms:DisableKey', 'kms:ScheduleKeyDeletion', 'kms:EnableKey', 'kms:ReEncryptFrom'];
  const reach = async (owner: string | undefined, alias: string, of: GuardedFamily = family) => {
    const context = {
      'kms:ResourceAliases': [alias],
      [`aws:ResourceTag/${GenerationTag.FAMILY}`]: 'alias/orders',
      [`aws:ResourceTag/${GenerationTag.OWNER}`]: owner,
    };
    const answers = await Promise.all([...RECOVERED, ...OTHERS].map(async (action) =>
      (await of.may('control', 'current', action, { keyPolicy: LEFT_TO_IAM, context }) ? [action] : [])));
    return answers.flat();
  };

  // The family tag alone is enough to find a deletion and to cancel it.
  const FINDS: string[] = ['kms:DescribeKey'];
  test.each<[string, string | undefined, string, string[]]>([
    ['recovers the generations of its owner', OWNER, 'alias/orders/g1', RECOVERED],
    ['recovers the current generation of its owner', OWNER, 'alias/orders', RECOVERED],
    ['changes no generation of another owner', 'Archive/Orders', 'alias/orders/g1', FINDS],
    ['changes no generation without an owner', undefined, 'alias/orders/g1', FINDS],
    ['changes no key that it has only tagged', OWNER, 'alias/documents', FINDS],
  ])('%s', async (_, owner, alias, expected) => {
    expect(await reach(owner, alias)).toEqual(expected);
  });

  test('recovers the generations of the owner that it adopts', async () => {
    const adopting = new GuardedFamily({ adoptFrom: 'Archive/Orders' });
    expect(await reach('Archive/Orders', 'alias/orders/g1', adopting)).toEqual(RECOVERED);
    expect(await reach('Third/Orders', 'alias/orders/g1', adopting)).toEqual(FINDS);
  });
});

test('an existing key that delegates to IAM can be given the policy of the family, and cannot be used, disabled or deleted', async () => {
  const fromExistingKey = new GuardedFamily({ startFromKeyArn: KEY_ARN });
  expect(await fromExistingKey.allowedActions('control', 'current', { keyPolicy: LEFT_TO_IAM })).toEqual([
    'kms:CreateAlias',
    'kms:DeleteAlias',
    'kms:DescribeKey',
    'kms:GetKeyPolicy',
    'kms:ListResourceTags',
    'kms:PutKeyPolicy',
    'kms:TagResource',
  ]);
});

test.each(['kms:CreateAlias', 'kms:DeleteAlias'])('on an existing key, %s is limited to aliases of the family', async (action) => {
  const fromExistingKey = new GuardedFamily({ startFromKeyArn: KEY_ARN });
  const on = (alias: string) => fromExistingKey.may('control', 'current', action, { keyPolicy: LEFT_TO_IAM, alias });
  expect(await on('alias/orders/g0')).toBe(true);
  expect(await on('alias/documents')).toBe(false);
});
