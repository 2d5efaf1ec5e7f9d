import {
  aKey,
  aLocalKms,
  anExternalKey,
  anImportedKey,
  ACCOUNT,
  DAY,
  describeKey,
  encryptText,
  MINUTE,
  REGION,
  refusalOf,
  THE_BEGINNING,
} from '../../local-kms-bench';

test('a new key of origin AWS_KMS is enabled and has key material', async () => {
  const { kms } = await aLocalKms();

  const key = await aKey(kms);

  expect(key).toEqual({
    AWSAccountId: ACCOUNT,
    KeyId: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
    Arn: `arn:aws:kms:${REGION}:${ACCOUNT}:key/${key.KeyId}`,
    CreationDate: THE_BEGINNING,
    Enabled: true,
    Description: '',
    KeyUsage: 'ENCRYPT_DECRYPT',
    KeyState: 'Enabled',
    Origin: 'AWS_KMS',
    KeyManager: 'CUSTOMER',
    KeySpec: 'SYMMETRIC_DEFAULT',
    CustomerMasterKeySpec: 'SYMMETRIC_DEFAULT',
    EncryptionAlgorithms: ['SYMMETRIC_DEFAULT'],
    MultiRegion: false,
    CurrentKeyMaterialId: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
});

test('a new key of origin EXTERNAL is pending import', async () => {
  const { kms } = await aLocalKms();

  const key = await anExternalKey(kms);

  expect(key).toMatchObject({ KeyState: 'PendingImport', Enabled: false, Origin: 'EXTERNAL' });
  expect(Object.keys(key)).not.toEqual(expect.arrayContaining(['CurrentKeyMaterialId']));
  expect(Object.keys(key)).not.toEqual(expect.arrayContaining(['ExpirationModel']));
});

test('the members of CreateKey are returned by DescribeKey and other reads', async () => {
  const { kms } = await aLocalKms();
  const Policy = JSON.stringify({ Statement: [{ Effect: 'Allow', Principal: '*', Action: 'kms:*', Resource: '*' }] });
  const Tags = [{ TagKey: 'team', TagValue: 'orders' }, { TagKey: 'empty', TagValue: '' }];

  const { KeyId } = (
    await kms.createKey({ Description: 'orders', Policy, Tags, KeySpec: 'SYMMETRIC_DEFAULT', KeyUsage: 'ENCRYPT_DECRYPT' })
  ).KeyMetadata!;

  expect((await kms.describeKey({ KeyId })).KeyMetadata).toMatchObject({ Description: 'orders' });
  expect(await kms.getKeyPolicy({ KeyId })).toMatchObject({ Policy, PolicyName: 'default' });
  expect(await kms.listResourceTags({ KeyId })).toMatchObject({ Tags, Truncated: false });
});

describe('CreateKey refuses', () => {
  test.each([
    [
      { KeySpec: 'HMAC_256' },
      'ValidationException: You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.',
    ],
    [{ KeyUsage: 'SIGN_VERIFY' }, 'ValidationException: KeyUsage SIGN_VERIFY is not compatible with KeySpec SYMMETRIC_DEFAULT'],
    [
      { KeySpec: 'SYMMETRIC_DEFAULT', CustomerMasterKeySpec: 'SYMMETRIC_DEFAULT' },
      'ValidationException: You cannot specify KeySpec and CustomerMasterKeySpec in the same request. CustomerMasterKeySpec is deprecated.',
    ],
    [
      { KeySpec: 'RSA_2048', KeyUsage: 'KEY_AGREEMENT' },
      'ValidationException: KeyUsage KEY_AGREEMENT is not compatible with KeySpec RSA_2048',
    ],
    [{ KeySpec: 'SM2', KeyUsage: 'SIGN_VERIFY' }, 'UnsupportedOperationException: KeySpec SM2 is not supported by the local KMS yet.'],
    [
      { KeySpec: 'ML_DSA_44', KeyUsage: 'SIGN_VERIFY', Origin: 'EXTERNAL' },
      'UnsupportedOperationException: KeySpec ML_DSA_44 is not supported for Origin EXTERNAL',
    ],
    [{ Origin: 'AWS_CLOUDHSM' }, 'UnsupportedOperationException: Origin AWS_CLOUDHSM is not supported by the local KMS yet.'],
    [{ CustomKeyStoreId: 'cks-1' }, 'UnsupportedOperationException: A custom key store is not supported by the local KMS yet.'],
  ])('%j', async (request, refusal) => {
    const { kms } = await aLocalKms();
    expect(await refusalOf(kms.createKey(request as object))).toBe(refusal);
    expect((await kms.listKeys({})).Keys).toEqual([]);
  });
});

test('a key is disabled and enabled, and both can be repeated', async () => {
  const { kms } = await aLocalKms();
  const { KeyId } = await aKey(kms);

  await kms.disableKey({ KeyId });
  await kms.disableKey({ KeyId });
  expect(await describeKey(kms, KeyId)).toMatchObject({ KeyState: 'Disabled', Enabled: false });

  await kms.enableKey({ KeyId });
  await kms.enableKey({ KeyId });
  expect(await describeKey(kms, KeyId)).toMatchObject({ KeyState: 'Enabled', Enabled: true });
});

test('a description changes', async () => {
  const { kms } = await aLocalKms();
  const { KeyId } = await aKey(kms);

  await kms.updateKeyDescription({ KeyId, Description: 'now for invoices' });

  expect(await describeKey(kms, KeyId)).toMatchObject({ Description: 'now for invoices' });
});

test('keys are listed page by page, each once', async () => {
  const { kms } = await aLocalKms();
  const made = [];
  for (let count = 0; count < 7; count++) made.push(await aKey(kms));

  const listed = [];
  let Marker: string | undefined;
  do {
    const page = await kms.listKeys({ Limit: 3, Marker });
    expect(page.Truncated).toBe(page.NextMarker !== undefined);
    expect(page.Keys!.length).toBeLessThanOrEqual(3);
    listed.push(...page.Keys!);
    Marker = page.NextMarker;
  } while (Marker !== undefined);

  const names = ({ KeyId, KeyArn }: { KeyId?: string; KeyArn?: string }) => `${KeyId} ${KeyArn}`;
  expect(listed.map(names).sort()).toEqual(made.map(({ KeyId, Arn: KeyArn }) => names({ KeyId, KeyArn })).sort());
});

test('a marker of another list, or of no list, is invalid', async () => {
  const { kms } = await aLocalKms();
  await aKey(kms);
  await aKey(kms);
  const { NextMarker } = await kms.listKeys({ Limit: 1 });

  expect(await refusalOf(kms.listAliases({ Marker: NextMarker }))).toBe('InvalidMarkerException: UnknownError');
  expect(await refusalOf(kms.listKeys({ Marker: 'made up' }))).toBe('InvalidMarkerException: UnknownError');
});

describe('the last use of a key', () => {
  test('is unknown before it is used', async () => {
    const { kms } = await aLocalKms();
    const { KeyId } = await aKey(kms);
    expect(await kms.getKeyLastUsage({ KeyId })).toMatchObject(
      { KeyId, KeyLastUsage: {}, KeyCreationDate: THE_BEGINNING, TrackingStartDate: THE_BEGINNING });
  });

  test('is the last call that succeeded: a refused one and a dry run do not count', async () => {
    const { server, kms } = await aLocalKms();
    const { KeyId } = await aKey(kms);
    const blob = await encryptText(kms, KeyId, 'text');
    server.clock.advance(MINUTE);
    const answered = await kms.decrypt({ CiphertextBlob: blob });
    server.clock.advance(MINUTE);
    await refusalOf(kms.decrypt({ CiphertextBlob: blob, EncryptionContext: { wrong: 'context' } }));
    await refusalOf(kms.encrypt({ KeyId, Plaintext: Buffer.from('text'), DryRun: true }));

    expect((await kms.getKeyLastUsage({ KeyId })).KeyLastUsage).toEqual({
      Operation: 'Decrypt',
      Timestamp: new Date(THE_BEGINNING.getTime() + MINUTE),
      KmsRequestId: answered.$metadata.requestId,
      CloudTrailEventId: server.audit.records.find(({ operation }) => operation === 'Decrypt')!.eventId,
    });
  });

  test('of ReEncrypt is recorded for both keys', async () => {
    const { kms } = await aLocalKms();
    const [source, destination] = [await aKey(kms), await aKey(kms)];
    await kms.reEncrypt({ CiphertextBlob: await encryptText(kms, source.KeyId, 'text'), DestinationKeyId: destination.KeyId });

    for (const { KeyId } of [source, destination]) {
      expect((await kms.getKeyLastUsage({ KeyId })).KeyLastUsage).toMatchObject({ Operation: 'ReEncrypt' });
    }
  });
});

describe('deletion', () => {
  test('has a pending window of 30 days by default', async () => {
    const { kms } = await aLocalKms();
    const { KeyId, Arn } = await aKey(kms);

    const answer = await kms.scheduleKeyDeletion({ KeyId });

    const DeletionDate = new Date(THE_BEGINNING.getTime() + 30 * DAY);
    expect(answer).toMatchObject({ KeyId: Arn, DeletionDate, KeyState: 'PendingDeletion', PendingWindowInDays: 30 });
    expect(await describeKey(kms, KeyId)).toMatchObject({ KeyState: 'PendingDeletion', Enabled: false, DeletionDate });
  });

  test.each([[6, 'greater than or equal to 7'], [31, 'less than or equal to 30']])('window of %d days is refused', async (days, rule) => {
    const { kms } = await aLocalKms();
    const { KeyId } = await aKey(kms);
    expect(await refusalOf(kms.scheduleKeyDeletion({ KeyId, PendingWindowInDays: days }))).toBe(
      `ValidationException: 1 validation error detected: Value '${days}' at 'pendingWindowInDays' failed to satisfy constraint: Member must have value ${rule}`,
    );
  });

  test('leaves a disabled key when it is cancelled', async () => {
    const { kms } = await aLocalKms();
    const { KeyId, Arn } = await aKey(kms);
    const blob = await encryptText(kms, KeyId, 'text');
    await kms.scheduleKeyDeletion({ KeyId });

    expect(await kms.cancelKeyDeletion({ KeyId })).toMatchObject({ KeyId: Arn });

    const cancelled = await describeKey(kms, KeyId);
    expect(cancelled).toMatchObject({ KeyState: 'Disabled' });
    expect(cancelled.DeletionDate).toBeUndefined();
    await kms.enableKey({ KeyId });
    expect(Buffer.from((await kms.decrypt({ CiphertextBlob: blob })).Plaintext!).toString()).toBe('text');
  });

  test('happens exactly at the end of the pending window, and deletes the aliases', async () => {
    const { server, kms } = await aLocalKms();
    const { KeyId, Arn } = await aKey(kms);
    const blob = await encryptText(kms, KeyId, 'text');
    await kms.createAlias({ AliasName: 'alias/orders', TargetKeyId: KeyId });
    await kms.scheduleKeyDeletion({ KeyId, PendingWindowInDays: 7 });

    server.clock.advance(7 * DAY - 1);
    expect((await kms.listAliases({})).Aliases).toHaveLength(1);
    expect(await describeKey(kms, KeyId)).toMatchObject({ KeyState: 'PendingDeletion' });

    server.clock.advance(1);
    expect(await refusalOf(kms.describeKey({ KeyId }))).toBe(`NotFoundException: Key '${Arn}' does not exist`);
    expect((await kms.listAliases({})).Aliases).toEqual([]);
    expect((await kms.listKeys({})).Keys).toEqual([]);
    expect(await refusalOf(kms.decrypt({ CiphertextBlob: blob }))).toBe(
      'AccessDeniedException: The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access.',
    );
  });

  test('does not happen after it was cancelled', async () => {
    const { server, kms } = await aLocalKms();
    const { KeyId } = await aKey(kms);
    await kms.scheduleKeyDeletion({ KeyId, PendingWindowInDays: 7 });
    await kms.cancelKeyDeletion({ KeyId });

    server.clock.advance(30 * DAY);

    expect(await describeKey(kms, KeyId)).toMatchObject({ KeyState: 'Disabled' });
  });

  test('of a key without key material leaves a key that is pending import when it is cancelled', async () => {
    const { kms } = await aLocalKms();
    const { KeyId } = await anImportedKey(kms);
    await kms.scheduleKeyDeletion({ KeyId });
    await kms.deleteImportedKeyMaterial({ KeyId });
    expect(await describeKey(kms, KeyId)).toMatchObject({ KeyState: 'PendingDeletion' });

    await kms.cancelKeyDeletion({ KeyId });

    expect(await describeKey(kms, KeyId)).toMatchObject({ KeyState: 'PendingImport' });
  });
});
