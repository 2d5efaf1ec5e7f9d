import { aKey, aLocalKms, refusalOf } from '../../local-kms-bench';

describe('the AWS managed key of a service', () => {
  test('is created when its alias is described, and only once', async () => {
    const { kms } = await aLocalKms();
    expect((await kms.listAliases({})).Aliases).toEqual([]);
    const { KeyMetadata: first } = await kms.describeKey({ KeyId: 'alias/aws/ssm' });
    expect(first).toMatchObject({ KeyManager: 'AWS', Enabled: true, KeySpec: 'SYMMETRIC_DEFAULT', Origin: 'AWS_KMS' });
    expect((await kms.describeKey({ KeyId: 'alias/aws/ssm' })).KeyMetadata?.KeyId).toBe(first?.KeyId);
    expect((await kms.listAliases({})).Aliases).toMatchObject([{ AliasName: 'alias/aws/ssm', TargetKeyId: first?.KeyId }]);
    expect((await kms.getKeyRotationStatus({ KeyId: first?.KeyId })).KeyRotationEnabled).toBe(true);
    expect(await refusalOf(kms.describeKey({ KeyId: 'alias/aws/no-such-service' }))).toMatch(/^NotFoundException/);
  });

  test('is used through its service alone, and managed by AWS', async () => {
    const { kms } = await aLocalKms();
    const { KeyId = '' } = (await kms.describeKey({ KeyId: 'alias/aws/s3' })).KeyMetadata ?? {};
    const denied = /^AccessDeniedException: .* because no resource-based policy allows/;
    for (const call of [
      kms.encrypt({ KeyId, Plaintext: Buffer.from('x') }),
      kms.scheduleKeyDeletion({ KeyId }),
      kms.disableKey({ KeyId }),
      kms.putKeyPolicy({ KeyId, Policy: '{"Statement":[]}' }),
      kms.tagResource({ KeyId, Tags: [{ TagKey: 'a', TagValue: 'b' }] }),
      kms.createAlias({ AliasName: 'alias/mine', TargetKeyId: KeyId }),
    ]) expect(await refusalOf(call)).toMatch(denied);
    expect((await kms.getKeyPolicy({ KeyId })).Policy).toContain('s3.');
  });
});

test('the policy of a key that is shared through AWS RAM is managed by RAM; a key that is not shared has none', async () => {
  const { kms } = await aLocalKms();
  const { KeyId } = await aKey(kms);
  const { Policy } = await kms.getKeyPolicy({ KeyId });
  expect((await kms.listKeyPolicies({ KeyId })).PolicyNames).toEqual(['default']);
  expect(await refusalOf(kms.getKeyPolicy({ KeyId, PolicyName: 'AWS_RAM' }))).toMatch(/^NotFoundException/);
  expect(await refusalOf(kms.putKeyPolicy({ KeyId, PolicyName: 'AWS_RAM', Policy })))
    .toBe('ValidationException: The AWS_RAM policy can only be managed by the RAM service.');
});
