import type { KeySpec, KeyUsageType } from '@aws-sdk/client-kms';
import { aKey, aLocalKms, ACCOUNT, describeKey, MINUTE, REGION, refusalOf, THE_BEGINNING } from '../../local-kms-bench';

const ALIAS_ARN = `arn:aws:kms:${REGION}:${ACCOUNT}:alias/orders`;

test('an alias names one key, and moves to another', async () => {
  const { server, kms } = await aLocalKms();
  const [first, second] = [await aKey(kms), await aKey(kms)];
  await kms.createAlias({ AliasName: 'alias/orders', TargetKeyId: first.Arn });
  server.clock.advance(MINUTE);
  await kms.updateAlias({ AliasName: 'alias/orders', TargetKeyId: second.KeyId });

  expect((await describeKey(kms, 'alias/orders')).KeyId).toBe(second.KeyId);
  expect((await kms.listAliases({})).Aliases).toEqual([{
    AliasName: 'alias/orders',
    AliasArn: ALIAS_ARN,
    TargetKeyId: second.KeyId,
    CreationDate: THE_BEGINNING,
    LastUpdatedDate: new Date(THE_BEGINNING.getTime() + MINUTE),
  }]);
});

test('the first CreateAlias with a name succeeds, and later ones are refused', async () => {
  const { kms } = await aLocalKms();
  const [first, second] = [await aKey(kms), await aKey(kms)];

  const claims = await Promise.allSettled(
    [first, second].map(({ KeyId }) => kms.createAlias({ AliasName: 'alias/orders', TargetKeyId: KeyId })),
  );

  expect(claims.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  expect(await refusalOf(kms.createAlias({ AliasName: 'alias/orders', TargetKeyId: first.KeyId }))).toBe(
    `AlreadyExistsException: An alias with the name ${ALIAS_ARN} already exists`);
});

test('the name of a deleted alias is free again, and its key remains', async () => {
  const { kms } = await aLocalKms();
  const { KeyId } = await aKey(kms);
  await kms.createAlias({ AliasName: 'alias/orders', TargetKeyId: KeyId });

  await kms.deleteAlias({ AliasName: 'alias/orders' });

  expect(await refusalOf(kms.describeKey({ KeyId: 'alias/orders' }))).toBe(`NotFoundException: Alias ${ALIAS_ARN} is not found.`);
  expect(await describeKey(kms, KeyId)).toMatchObject({ KeyState: 'Enabled' });
  await kms.createAlias({ AliasName: 'alias/orders', TargetKeyId: KeyId });
});

test('an alias that does not exist is neither moved nor deleted', async () => {
  const { kms } = await aLocalKms();
  const { KeyId } = await aKey(kms);
  expect(await refusalOf(kms.updateAlias({ AliasName: 'alias/orders', TargetKeyId: KeyId }))).toBe(
    `NotFoundException: Alias ${ALIAS_ARN} is not found.`,
  );
  expect(await refusalOf(kms.deleteAlias({ AliasName: 'alias/orders' }))).toBe(`NotFoundException: Alias ${ALIAS_ARN} is not found.`);
});

describe('names that AWS refuses', () => {
  test.each([
    [
      'orders',
      'ValidationException: Alias must start with the prefix "alias/". Please see https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html',
    ],
    ['alias/Service:Test', 'ValidationException: alias/Service:Test contains invalid characters for an alias'],
    ['alias/aws/orders', 'NotAuthorizedException: UnknownError'],
    [
      'alias/or ders',
      "ValidationException: 1 validation error detected: Value 'alias/or ders' at 'aliasName' failed to satisfy constraint: " +
        'Member must satisfy regular expression pattern: ^[a-zA-Z0-9:/_-]+$',
    ],
    [
      `alias/${'a'.repeat(251)}`,
      `ValidationException: 1 validation error detected: Value 'alias/${'a'.repeat(251)}' at 'aliasName' failed to satisfy constraint: ` +
        'Member must have length less than or equal to 256',
    ],
  ])('%s', async (AliasName, refusal) => {
    const { kms } = await aLocalKms();
    const { KeyId } = await aKey(kms);
    expect(await refusalOf(kms.createAlias({ AliasName, TargetKeyId: KeyId }))).toBe(refusal);
    expect((await kms.listAliases({})).Aliases).toEqual([]);
  });

  test('256 characters are accepted', async () => {
    const { kms } = await aLocalKms();
    await kms.createAlias({ AliasName: `alias/${'a'.repeat(250)}`, TargetKeyId: (await aKey(kms)).KeyId });
  });
});

test('an alias refers to a key, not to another alias', async () => {
  const { kms } = await aLocalKms();
  await kms.createAlias({ AliasName: 'alias/orders', TargetKeyId: (await aKey(kms)).KeyId });
  for (const TargetKeyId of ['alias/orders', ALIAS_ARN]) {
    expect(await refusalOf(kms.createAlias({ AliasName: 'alias/other', TargetKeyId }))).toBe(
      'ValidationException: Aliases must refer to keys. Not aliases',
    );
  }
});

test('a key has at most 50 aliases, listed page by page or key by key', async () => {
  const { kms } = await aLocalKms();
  const [key, other] = [await aKey(kms), await aKey(kms)];
  await kms.createAlias({ AliasName: 'alias/other', TargetKeyId: other.KeyId });
  for (let count = 1; count <= 50; count++) await kms.createAlias({ AliasName: `alias/g${count}`, TargetKeyId: key.KeyId });
  const tooMany = 'LimitExceededException: Aliases per key quota for this account in this region is 50, current usage is 50.';

  expect(await refusalOf(kms.createAlias({ AliasName: 'alias/g51', TargetKeyId: key.KeyId }))).toBe(tooMany);
  expect(await refusalOf(kms.updateAlias({ AliasName: 'alias/other', TargetKeyId: key.KeyId }))).toBe(tooMany);
  await kms.updateAlias({ AliasName: 'alias/g1', TargetKeyId: key.KeyId });

  const first = await kms.listAliases({});
  expect(first).toMatchObject({ Truncated: true });
  expect(first.Aliases).toHaveLength(50);
  const second = await kms.listAliases({ Marker: first.NextMarker });
  expect(second).toMatchObject({ Truncated: false });
  expect(second.Aliases).toHaveLength(1);
  expect((await kms.listAliases({ KeyId: key.Arn, Limit: 100 })).Aliases).toHaveLength(50);
  expect((await kms.listAliases({ KeyId: other.KeyId })).Aliases!.map(({ AliasName }) => AliasName)).toEqual(['alias/other']);
});

test('a page continues after the last alias, even if that alias was deleted', async () => {
  const { kms } = await aLocalKms();
  const { KeyId } = await aKey(kms);
  for (const name of ['a', 'b', 'c', 'd']) await kms.createAlias({ AliasName: `alias/${name}`, TargetKeyId: KeyId });
  const first = await kms.listAliases({ Limit: 2 });
  await kms.deleteAlias({ AliasName: 'alias/b' });

  const second = await kms.listAliases({ Limit: 2, Marker: first.NextMarker });

  expect(second.Aliases!.map(({ AliasName }) => AliasName)).toEqual(['alias/c', 'alias/d']);
});

describe('an alias moves only between keys of the same class and usage', () => {
  test.each<[KeySpec, KeyUsageType, KeySpec, KeyUsageType, string]>([
    ['ECC_NIST_P256', 'SIGN_VERIFY', 'ECC_NIST_P521', 'SIGN_VERIFY', 'moved'],
    ['ECC_NIST_P256', 'SIGN_VERIFY', 'ML_DSA_44', 'SIGN_VERIFY', 'moved'],
    ['HMAC_224', 'GENERATE_VERIFY_MAC', 'HMAC_512', 'GENERATE_VERIFY_MAC', 'moved'],
    ['ECC_NIST_P256', 'SIGN_VERIFY', 'ECC_NIST_P256', 'KEY_AGREEMENT', 'key usage SIGN_VERIFY to a CMK with key usage KEY_AGREEMENT'],
    [
      'SYMMETRIC_DEFAULT',
      'ENCRYPT_DECRYPT',
      'HMAC_256',
      'GENERATE_VERIFY_MAC',
      'key usage ENCRYPT_DECRYPT to a CMK with key usage GENERATE_VERIFY_MAC',
    ],
    ['SYMMETRIC_DEFAULT', 'ENCRYPT_DECRYPT', 'RSA_2048', 'ENCRYPT_DECRYPT', 'key spec SYMMETRIC_DEFAULT to a CMK with key spec RSA_2048'],
  ])('%s for %s to %s for %s', async (spec, usage, nextSpec, nextUsage, outcome) => {
    const { kms } = await aLocalKms();
    const idOf = async (KeySpec: KeySpec, KeyUsage: KeyUsageType) => (await kms.createKey({ KeySpec, KeyUsage })).KeyMetadata!.KeyId!;
    const [old, next] = [await idOf(spec, usage), await idOf(nextSpec, nextUsage)];
    await kms.createAlias({ AliasName: 'alias/orders', TargetKeyId: old });

    const move = kms.updateAlias({ AliasName: 'alias/orders', TargetKeyId: next });

    if (outcome === 'moved') await move;
    else expect(await refusalOf(move)).toBe(`ValidationException: Alias ${ALIAS_ARN} cannot be changed from a CMK with ${outcome}`);
    expect((await describeKey(kms, 'alias/orders')).KeyId).toBe(outcome === 'moved' ? next : old);
  });
});
