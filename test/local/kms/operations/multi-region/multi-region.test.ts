import { OTHER_REGION, regionsToldBy, relatedKeys, stateOf, THIRD_REGION } from './multi-region-bench';
import {
  ACCOUNT,
  aKey,
  aLocalKms,
  anImportedKey,
  DAY,
  decryptText,
  describeKey,
  encryptText,
  REGION,
  refusalOf,
  THE_BEGINNING,
} from '../../local-kms-bench';

const SECOND = 1000;
const after = (days: number) => new Date(THE_BEGINNING.getTime() + days * DAY);

describe('a replica', () => {
  test('is returned as Creating, and is usable at the next call', async () => {
    const { server, primary, other, KeyId, arnIn } = await relatedKeys();
    server.clock.advance(DAY);
    const Policy = JSON.stringify({ Statement: [{ Effect: 'Allow', Principal: '*', Action: 'kms:*', Resource: '*' }] });
    const Tags = [{ TagKey: 'team', TagValue: 'orders' }];

    const { $metadata, ...answer } = await primary.replicateKey({
      KeyId,
      ReplicaRegion: OTHER_REGION,
      Description: 'far away',
      Policy,
      Tags,
    });

    expect($metadata.httpStatusCode).toBe(200);
    const lasting = {
      AWSAccountId: ACCOUNT,
      KeyId,
      Arn: arnIn(OTHER_REGION),
      CreationDate: after(1),
      Description: 'far away',
      KeyUsage: 'ENCRYPT_DECRYPT',
      Origin: 'AWS_KMS',
      KeyManager: 'CUSTOMER',
      KeySpec: 'SYMMETRIC_DEFAULT',
      CustomerMasterKeySpec: 'SYMMETRIC_DEFAULT',
      EncryptionAlgorithms: ['SYMMETRIC_DEFAULT'],
      MultiRegion: true,
      MultiRegionConfiguration: {
        MultiRegionKeyType: 'REPLICA',
        PrimaryKey: { Arn: arnIn(REGION), Region: REGION },
        ReplicaKeys: [{ Arn: arnIn(OTHER_REGION), Region: OTHER_REGION }],
      },
    };
    expect(answer).toEqual({
      ReplicaKeyMetadata: { ...lasting, KeyState: 'Creating', Enabled: false },
      ReplicaPolicy: Policy,
      ReplicaTags: Tags,
    });
    const { CurrentKeyMaterialId } = await describeKey(primary, KeyId);
    expect(await describeKey(other, KeyId)).toEqual({ ...lasting, KeyState: 'Enabled', Enabled: true, CurrentKeyMaterialId });
    expect(await other.getKeyPolicy({ KeyId })).toMatchObject({ Policy });
    expect(await other.listResourceTags({ KeyId })).toMatchObject({ Tags });
  });

  test('has its own description, policy, tags, aliases and state', async () => {
    const { primary, other, KeyId } = await relatedKeys([], { Description: 'at home', Tags: [{ TagKey: 'team', TagValue: 'orders' }] });
    await primary.createAlias({ AliasName: 'alias/orders', TargetKeyId: KeyId });

    const { ReplicaKeyMetadata, ReplicaTags } = await primary.replicateKey({ KeyId, ReplicaRegion: OTHER_REGION });

    expect(ReplicaKeyMetadata!.Description).toBe('');
    expect(ReplicaTags).toBeUndefined();
    expect(JSON.parse((await other.getKeyPolicy({ KeyId })).Policy!)).toMatchObject({ Id: 'key-default-1' });
    expect((await other.listAliases({ KeyId })).Aliases).toEqual([]);
    await other.disableKey({ KeyId });
    expect([await stateOf(primary, KeyId), await stateOf(other, KeyId)]).toEqual(['Enabled', 'Disabled']);
  });

  test('decrypts ciphertexts of every related key, and the reverse', async () => {
    const { primary, other, third, KeyId, arnIn } = await relatedKeys([OTHER_REGION, THIRD_REGION]);
    for (const sealing of [primary, other, third]) {
      const blob = await encryptText(sealing, KeyId, 'text', { order: '4711' });
      for (const opening of [primary, other, third]) expect(await decryptText(opening, blob, { order: '4711' })).toBe('text');
    }
    const { KeyId: named } = await other.decrypt({ CiphertextBlob: await encryptText(primary, KeyId, 'text') });
    expect(named).toBe(arnIn(OTHER_REGION));
  });

  test('is listed by every related key, in the order of creation', async () => {
    const { primary, other, third, KeyId } = await relatedKeys([OTHER_REGION, THIRD_REGION]);
    for (const each of [primary, other, third]) expect(await regionsToldBy(each, KeyId)).toEqual([REGION, OTHER_REGION, THIRD_REGION]);
    expect((await describeKey(primary, KeyId)).MultiRegionConfiguration!.MultiRegionKeyType).toBe('PRIMARY');
    expect((await describeKey(third, KeyId)).MultiRegionConfiguration!.MultiRegionKeyType).toBe('REPLICA');
  });

  test.each([
    { KeySpec: 'HMAC_256' as const, KeyUsage: 'GENERATE_VERIFY_MAC' as const },
    { KeySpec: 'ECC_NIST_P256' as const, KeyUsage: 'SIGN_VERIFY' as const },
  ])('has the spec and usage of its primary key: %o', async (kind) => {
    const { other, KeyId } = await relatedKeys([OTHER_REGION], kind);
    expect(await describeKey(other, KeyId)).toMatchObject({ ...kind, KeyState: 'Enabled' });
  });

  test('is Creating as long as replication takes', async () => {
    const { server, primary, other, KeyId, arnIn } = await relatedKeys();
    server.replication.setDuration(5 * SECOND);
    await primary.replicateKey({ KeyId, ReplicaRegion: OTHER_REGION });

    server.clock.advance(5 * SECOND - 1);
    expect(await stateOf(other, KeyId)).toBe('Creating');
    expect(await refusalOf(encryptText(other, KeyId, 'text'))).toBe(`KMSInvalidStateException: ${arnIn(OTHER_REGION)} is creating.`);
    server.clock.advance(1);
    expect(await stateOf(other, KeyId)).toBe('Enabled');
  });
});

describe('what cannot be replicated', () => {
  test('a key of a single Region', async () => {
    const { kms } = await aLocalKms();
    for (const { KeyId, Arn } of [await aKey(kms), await anImportedKey(kms)]) {
      expect(await refusalOf(kms.replicateKey({ KeyId, ReplicaRegion: OTHER_REGION }))).toBe(
        `UnsupportedOperationException: ${Arn} is not a multi-region primary key.`);
    }
  });

  test('a replica', async () => {
    const { other, KeyId, arnIn } = await relatedKeys([OTHER_REGION]);
    expect(await refusalOf(other.replicateKey({ KeyId, ReplicaRegion: THIRD_REGION }))).toBe(
      `UnsupportedOperationException: ${arnIn(OTHER_REGION)} is not a multi-region primary key.`);
  });

  test('a key into a Region that has it, even if that key is pending deletion', async () => {
    const { primary, other, KeyId, arnIn } = await relatedKeys([OTHER_REGION]);
    await other.scheduleKeyDeletion({ KeyId });
    for (const ReplicaRegion of [REGION, OTHER_REGION]) {
      expect(await refusalOf(primary.replicateKey({ KeyId, ReplicaRegion }))).toBe(
        `AlreadyExistsException: ${arnIn(ReplicaRegion)} already exists.`,
      );
    }
  });

  test('a key into another partition', async () => {
    const { primary, KeyId } = await relatedKeys();
    expect(await refusalOf(primary.replicateKey({ KeyId, ReplicaRegion: 'cn-north-1' }))).toBe(
      'ValidationException: ReplicaRegion cn-north-1 is not a Region of partition aws.');
  });

  test('a key into an invalid Region, or with tags or a policy that KMS refuses', async () => {
    const { primary, other, KeyId } = await relatedKeys();
    expect(await refusalOf(primary.replicateKey({ KeyId, ReplicaRegion: 'mars' }))).toMatch(
      /^ValidationException: 1 validation error detected: Value 'mars' at 'replicaRegion' failed to satisfy constraint: Member must satisfy regular expression pattern/,
    );
    const Tags = [{ TagKey: 'aws:team', TagValue: '' }];
    expect(await refusalOf(primary.replicateKey({ KeyId, ReplicaRegion: OTHER_REGION, Tags }))).toBe(
      'TagException: Tags beginning with aws: are reserved',
    );
    expect(await refusalOf(primary.replicateKey({ KeyId, ReplicaRegion: OTHER_REGION, Policy: 'none' }))).toMatch(
      /^MalformedPolicyDocumentException: /,
    );
    expect((await other.listKeys({})).Keys).toEqual([]);
    expect(await regionsToldBy(primary, KeyId)).toEqual([REGION]);
  });
});

describe('changing the primary Region', () => {
  test('makes a replica the primary key and the primary key a replica', async () => {
    const { primary: former, other, third, KeyId } = await relatedKeys([THIRD_REGION, OTHER_REGION]);
    await former.updatePrimaryRegion({ KeyId, PrimaryRegion: OTHER_REGION });

    for (const each of [former, other, third]) {
      expect(await regionsToldBy(each, KeyId)).toEqual([OTHER_REGION, THIRD_REGION, REGION]);
      expect(await stateOf(each, KeyId)).toBe('Enabled');
    }
    expect(await refusalOf(former.replicateKey({ KeyId, ReplicaRegion: 'eu-west-1' }))).toMatch(/is not a multi-region primary key\.$/);
    await other.replicateKey({ KeyId, ReplicaRegion: 'eu-west-1' });
    await other.updatePrimaryRegion({ KeyId, PrimaryRegion: REGION });
    expect(await regionsToldBy(third, KeyId)).toEqual([REGION, THIRD_REGION, OTHER_REGION, 'eu-west-1']);
  });

  test('takes the duration of replication: both are Updating and usable, and then they have exchanged roles', async () => {
    const { server, primary: former, other, third, KeyId, arnIn } = await relatedKeys([OTHER_REGION, THIRD_REGION]);
    server.replication.setDuration(5 * SECOND);
    const blob = await encryptText(former, KeyId, 'text');
    await former.updatePrimaryRegion({ KeyId, PrimaryRegion: OTHER_REGION });

    server.clock.advance(5 * SECOND - 1);
    expect([await stateOf(former, KeyId), await stateOf(other, KeyId), await stateOf(third, KeyId)]).toEqual([
      'Updating',
      'Updating',
      'Enabled',
    ]);
    expect(await regionsToldBy(third, KeyId)).toEqual([REGION, OTHER_REGION, THIRD_REGION]);
    for (const each of [former, other]) expect(await decryptText(each, blob)).toBe('text');
    expect(await refusalOf(former.replicateKey({ KeyId, ReplicaRegion: 'eu-west-1' }))).toBe(
      `KMSInvalidStateException: ${arnIn(REGION)} is updating.`,
    );

    server.clock.advance(1);
    expect([await stateOf(former, KeyId), await stateOf(other, KeyId)]).toEqual(['Enabled', 'Enabled']);
    expect(await regionsToldBy(third, KeyId)).toEqual([OTHER_REGION, REGION, THIRD_REGION]);
  });

  test('that is changed again during the update ends with the last call', async () => {
    const { server, primary, other, third, KeyId } = await relatedKeys([OTHER_REGION, THIRD_REGION]);
    server.replication.setDuration(5 * SECOND);
    await primary.updatePrimaryRegion({ KeyId, PrimaryRegion: OTHER_REGION });
    server.clock.advance(2 * SECOND);
    await primary.updatePrimaryRegion({ KeyId, PrimaryRegion: THIRD_REGION });

    server.clock.advance(3 * SECOND);
    expect([await stateOf(primary, KeyId), await stateOf(other, KeyId), await stateOf(third, KeyId)]).toEqual([
      'Updating',
      'Enabled',
      'Updating',
    ]);
    expect(await regionsToldBy(primary, KeyId)).toEqual([REGION, OTHER_REGION, THIRD_REGION]);
    server.clock.advance(2 * SECOND);
    expect(await regionsToldBy(primary, KeyId)).toEqual([THIRD_REGION, OTHER_REGION, REGION]);
  });

  test('needs the primary key and a replica in the target Region, both enabled', async () => {
    const { primary, other, KeyId, arnIn } = await relatedKeys([OTHER_REGION]);
    expect(await refusalOf(other.updatePrimaryRegion({ KeyId, PrimaryRegion: REGION }))).toBe(
      `UnsupportedOperationException: ${arnIn(OTHER_REGION)} is not a multi-region primary key.`);
    expect(await refusalOf(primary.updatePrimaryRegion({ KeyId, PrimaryRegion: THIRD_REGION }))).toBe(
      `NotFoundException: Key '${arnIn(THIRD_REGION)}' does not exist`);
    expect(await refusalOf(primary.updatePrimaryRegion({ KeyId, PrimaryRegion: REGION }))).toBe(
      `UnsupportedOperationException: ${arnIn(REGION)} is already the multi-region primary key.`);
    await other.disableKey({ KeyId });
    expect(await refusalOf(primary.updatePrimaryRegion({ KeyId, PrimaryRegion: OTHER_REGION }))).toBe(
      `DisabledException: ${arnIn(OTHER_REGION)} is disabled.`,
    );
    await other.enableKey({ KeyId });
    await primary.disableKey({ KeyId });
    expect(await refusalOf(primary.updatePrimaryRegion({ KeyId, PrimaryRegion: OTHER_REGION }))).toBe(
      `DisabledException: ${arnIn(REGION)} is disabled.`,
    );
  });
});

test.each([-1, NaN, Infinity])('replication cannot take %d milliseconds', async (milliseconds) => {
  const { server } = await aLocalKms();
  expect(() => server.replication.setDuration(milliseconds)).toThrow('replicationMilliseconds: is not a duration');
});

describe('rotation', () => {
  test('of the primary key is the rotation of all', async () => {
    const { primary, other, third, KeyId } = await relatedKeys([OTHER_REGION]);
    const old = await encryptText(other, KeyId, 'old text');
    const { CurrentKeyMaterialId: first } = await describeKey(primary, KeyId);
    await primary.rotateKeyOnDemand({ KeyId });
    await primary.replicateKey({ KeyId, ReplicaRegion: THIRD_REGION });

    const { CurrentKeyMaterialId: second } = await describeKey(primary, KeyId);
    expect(second).not.toBe(first);
    for (const each of [primary, other, third]) {
      expect(await describeKey(each, KeyId)).toMatchObject({ CurrentKeyMaterialId: second });
      expect(await decryptText(each, old)).toBe('old text');
      expect((await each.listKeyRotations({ KeyId })).Rotations).toMatchObject([{ KeyMaterialId: second, RotationType: 'ON_DEMAND' }]);
    }
  });

  test('is requested from the primary key only', async () => {
    const { other, KeyId, arnIn } = await relatedKeys([OTHER_REGION]);
    const calls = [other.rotateKeyOnDemand({ KeyId }), other.enableKeyRotation({ KeyId }), other.disableKeyRotation({ KeyId })];
    for (const refusal of calls.map(refusalOf)) {
      expect(await refusal).toBe(`UnsupportedOperationException: ${arnIn(OTHER_REGION)} is not a multi-region primary key.`);
    }
  });

  test('by schedule continues under another primary key, and every Region returns the same status', async () => {
    const { server, primary: former, other, KeyId } = await relatedKeys([OTHER_REGION]);
    await former.enableKeyRotation({ KeyId, RotationPeriodInDays: 90 });
    server.clock.advance(100 * DAY);
    await former.updatePrimaryRegion({ KeyId, PrimaryRegion: OTHER_REGION });
    server.clock.advance(100 * DAY);

    for (const each of [former, other]) {
      expect((await each.listKeyRotations({ KeyId })).Rotations!.map(({ RotationDate }) => RotationDate)).toEqual([after(90), after(180)]);
      expect(await each.getKeyRotationStatus({ KeyId })).toMatchObject(
        { KeyRotationEnabled: true, RotationPeriodInDays: 90, NextRotationDate: after(270) });
    }
  });

  test('by schedule pauses while the primary key is disabled, in every state of its replicas', async () => {
    const { server, primary, other, KeyId } = await relatedKeys([OTHER_REGION]);
    await primary.enableKeyRotation({ KeyId, RotationPeriodInDays: 90 });
    await other.disableKey({ KeyId });
    server.clock.advance(90 * DAY);
    expect((await other.listKeyRotations({ KeyId })).Rotations).toHaveLength(1);

    await other.enableKey({ KeyId });
    await primary.disableKey({ KeyId });
    server.clock.advance(90 * DAY);
    expect((await other.listKeyRotations({ KeyId })).Rotations).toHaveLength(1);
  });
});
