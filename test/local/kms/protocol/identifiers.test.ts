import { aKey, aLocalKms, ACCOUNT, encryptText, REGION, refusalOf } from '../local-kms-bench';

const NOBODY = '01234567-89ab-cdef-0123-456789abcdef';

test('a key is found by its id, its ARN, its alias and the ARN of its alias', async () => {
  const { kms } = await aLocalKms();
  const { KeyId, Arn } = await aKey(kms);
  await kms.createAlias({ AliasName: 'alias/team/orders', TargetKeyId: KeyId });

  for (const name of [KeyId, Arn, 'alias/team/orders', `arn:aws:kms:${REGION}:${ACCOUNT}:alias/team/orders`]) {
    expect((await kms.describeKey({ KeyId: name })).KeyMetadata!.Arn).toBe(Arn);
    expect((await kms.encrypt({ KeyId: name, Plaintext: Buffer.from('text') })).KeyId).toBe(Arn);
  }
});

describe('a name that does not exist', () => {
  test.each([
    ['not a key id', 'no-key', "NotFoundException: Invalid keyId 'no-key'"],
    ['an id without dashes', NOBODY.replaceAll('-', ''), `NotFoundException: Invalid keyId '${NOBODY.replaceAll('-', '')}'`],
    ['an id in capitals', NOBODY.toUpperCase(), `NotFoundException: Invalid keyId '${NOBODY.toUpperCase()}'`],
    ['half a multi-Region id', 'mrk-fake-key-id', "NotFoundException: Invalid keyId 'mrk-fake-key-id'"],
    ['an id of no key', NOBODY, `NotFoundException: Key 'arn:aws:kms:${REGION}:${ACCOUNT}:key/${NOBODY}' does not exist`],
    [
      'a multi-Region id of no key',
      `mrk-${'0'.repeat(32)}`,
      `NotFoundException: Key 'arn:aws:kms:${REGION}:${ACCOUNT}:key/mrk-${'0'.repeat(32)}' does not exist`,
    ],
    [
      'an ARN of no key',
      `arn:aws:kms:${REGION}:${ACCOUNT}:key/${NOBODY}`,
      `NotFoundException: Key 'arn:aws:kms:${REGION}:${ACCOUNT}:key/${NOBODY}' does not exist`,
    ],
    ['an ARN of another Region', `arn:aws:kms:us-east-1:${ACCOUNT}:key/${NOBODY}`, 'NotFoundException: Invalid arn us-east-1'],
    ['an alias of no key', 'alias/none', `NotFoundException: Alias arn:aws:kms:${REGION}:${ACCOUNT}:alias/none is not found.`],
    ['an alias in another case', 'alias/Orders', `NotFoundException: Alias arn:aws:kms:${REGION}:${ACCOUNT}:alias/Orders is not found.`],
    ['half an ARN', 'arn:aws:kms:nowhere', 'InvalidArnException: Invalid arn arn:aws:kms:nowhere'],
  ])('%s', async (_, KeyId, refusal) => {
    const { kms } = await aLocalKms();
    await kms.createAlias({ AliasName: 'alias/orders', TargetKeyId: (await aKey(kms)).KeyId });
    expect(await refusalOf(kms.describeKey({ KeyId }))).toBe(refusal);
  });

  test('an alias is refused where only a key id or key ARN is valid', async () => {
    const { kms } = await aLocalKms();
    await kms.createAlias({ AliasName: 'alias/orders', TargetKeyId: (await aKey(kms)).KeyId });
    expect(await refusalOf(kms.disableKey({ KeyId: 'alias/orders' }))).toBe('NotFoundException: Invalid keyId \'alias/orders\'');
  });
});

describe('accounts and Regions are independent', () => {
  test('the account is an access key of twelve digits; any other access key belongs to the default account', async () => {
    const { as } = await aLocalKms();
    expect(await aKey(as('999988887777'))).toMatchObject({ AWSAccountId: '999988887777' });
    expect(await aKey(as('worker'))).toMatchObject({ AWSAccountId: '111122223333' });
  });

  test('keys and aliases of a Region do not exist in another Region', async () => {
    const { as } = await aLocalKms();
    const [here, there] = [as(ACCOUNT, 'eu-central-1'), as(ACCOUNT, 'us-east-1')];
    const { KeyId, Arn } = await aKey(here);
    await here.createAlias({ AliasName: 'alias/orders', TargetKeyId: KeyId });
    const blob = await encryptText(here, KeyId, 'text');

    expect((await there.listKeys({})).Keys).toEqual([]);
    expect(await refusalOf(there.describeKey({ KeyId }))).toBe(
      `NotFoundException: Key 'arn:aws:kms:us-east-1:${ACCOUNT}:key/${KeyId}' does not exist`,
    );
    expect(await refusalOf(there.describeKey({ KeyId: Arn }))).toBe('NotFoundException: Invalid arn eu-central-1');
    expect(await refusalOf(there.describeKey({ KeyId: 'alias/orders' }))).toContain('alias/orders is not found.');
    expect(await refusalOf(there.decrypt({ CiphertextBlob: blob }))).toContain('AccessDeniedException: The ciphertext refers to');
    await there.createAlias({ AliasName: 'alias/orders', TargetKeyId: (await aKey(there)).KeyId });
  });

  test('keys of an account do not exist in another account', async () => {
    const { as } = await aLocalKms();
    const [ours, theirs] = [as(ACCOUNT), as('999988887777')];
    const { KeyId, Arn } = await aKey(ours);
    const blob = await encryptText(ours, KeyId, 'text');

    expect((await theirs.listKeys({})).Keys).toEqual([]);
    expect(await refusalOf(theirs.decrypt({ CiphertextBlob: blob }))).toMatch(
      /^AccessDeniedException: User: arn:aws:iam::999988887777:user\/999988887777 is not authorized to perform/);
    expect(await refusalOf(theirs.encrypt({ KeyId: Arn, Plaintext: Buffer.from('text') }))).toMatch(
      /^AccessDeniedException: User: arn:aws:iam::999988887777:user\/999988887777 is not authorized to perform/);
  });

  test.each([
    ['cn-north-1', 'aws-cn'],
    ['us-gov-west-1', 'aws-us-gov'],
    ['eu-west-1', 'aws'],
  ])('%s lies in partition %s', async (region, partition) => {
    const { as } = await aLocalKms();
    const key = await aKey(as(ACCOUNT, region));
    expect(key.Arn).toBe(`arn:${partition}:kms:${region}:${ACCOUNT}:key/${key.KeyId}`);
  });
});
