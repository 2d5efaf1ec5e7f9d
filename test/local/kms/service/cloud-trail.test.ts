import { randomBytes } from 'node:crypto';
import { UnconditionalDenyAuthorizer } from '../../../../local/kms/authorization/unconditional-deny-authorizer';
import { OPERATIONS } from '../../../../local/kms/operations/operations-table';
import { Violations } from '../../../../local/kms/protocol/violations';
import type { AuditRecord } from '../../../../local/kms/service/audit/audit-log';
import { toCloudTrailRecord, type CloudTrailRecord } from '../../../../local/kms/service/audit/cloud-trail';
import { cloudTrailFields } from '../../../../local/kms/service/audit/cloud-trail-fields';
import { ACCOUNT, aKey, aLocalKms, anImportedKey, encryptText, MINUTE, refusalOf, REGION } from '../local-kms-bench';

const ROLE = 'arn:aws:iam::444455556666:role/service/OrdersWorker';

/** A local KMS with its trail, where each access key but the account's own is a session of the role. */
async function aTrail(options: object = {}) {
  const trail: CloudTrailRecord[] = [];
  const principals = (accessKey: string) => accessKey === ACCOUNT ? `arn:aws:iam::${ACCOUNT}:user/alice` : ROLE;
  const bench = await aLocalKms({ ...options, onCall: (record: AuditRecord) => trail.push(toCloudTrailRecord(record, principals)) });
  return { ...bench, trail };
}

test('the record of a successful use is that of AWS', async () => {
  const { server, kms, trail } = await aTrail();
  const { KeyId, Arn } = await aKey(kms);
  server.clock.advance(MINUTE + 0.5);
  await encryptText(kms, KeyId, 'text', { tenant: 'acme' });

  expect(trail.at(-1)).toEqual({
    eventVersion: '1.11',
    userIdentity: {
      type: 'IAMUser',
      principalId: ACCOUNT,
      arn: `arn:aws:iam::${ACCOUNT}:user/alice`,
      accountId: ACCOUNT,
      accessKeyId: ACCOUNT,
      userName: 'alice',
    },
    eventTime: '2026-01-01T00:01:00Z',
    eventSource: 'kms.amazonaws.com',
    eventName: 'Encrypt',
    awsRegion: REGION,
    sourceIPAddress: '127.0.0.1',
    userAgent: 'local',
    requestParameters: { keyId: KeyId, encryptionAlgorithm: 'SYMMETRIC_DEFAULT', encryptionContext: { tenant: 'acme' } },
    responseElements: null,
    requestID: server.audit.records.at(-1)?.requestId,
    eventID: server.audit.records.at(-1)?.eventId,
    readOnly: true,
    resources: [{ accountId: ACCOUNT, type: 'AWS::KMS::Key', ARN: Arn }],
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: ACCOUNT,
    eventCategory: 'Management',
  });
});

test('a function acts in a session of its role, and the role is named', async () => {
  const { as, trail } = await aTrail();
  await aKey(as('worker'));
  expect(trail.at(-1)?.userIdentity).toEqual({
    type: 'AssumedRole',
    principalId: 'AROAOrdersWorker:worker',
    arn: 'arn:aws:sts::444455556666:assumed-role/OrdersWorker/worker',
    accountId: ACCOUNT,
    accessKeyId: 'worker',
    sessionContext: {
      sessionIssuer: { type: 'Role', principalId: 'AROAOrdersWorker', arn: ROLE, accountId: ACCOUNT, userName: 'OrdersWorker' },
    },
  });
});

test('the record of a use of a disabled key has the message of KMS and the key', async () => {
  const { kms, trail } = await aTrail();
  const { KeyId, Arn } = await aKey(kms);
  await kms.disableKey({ KeyId });
  await refusalOf(kms.generateDataKey({ KeyId, KeySpec: 'AES_256' }));
  expect(trail.at(-1)).toMatchObject({
    eventName: 'GenerateDataKey',
    errorCode: 'DisabledException',
    errorMessage: `${Arn} is disabled.`,
    readOnly: true,
    resources: [{ ARN: Arn }],
  });
});

test('the record of a use of a key that is pending deletion reports this state', async () => {
  const { kms, trail } = await aTrail();
  const { KeyId, Arn } = await aKey(kms);
  await kms.scheduleKeyDeletion({ KeyId });
  await refusalOf(kms.encrypt({ KeyId, Plaintext: Buffer.from('text') }));
  expect(trail.at(-1)).toMatchObject({ errorCode: 'KMSInvalidStateException', errorMessage: `${Arn} is pending deletion.` });
});

test('a request that is denied shows neither parameters nor resources: only the message names the key', async () => {
  const { kms, trail } = await aTrail({ authorizer: new UnconditionalDenyAuthorizer() });
  const { KeyId, Arn } = await aKey(kms);
  const Policy = JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: 'kms:*', Resource: '*' },
      { Effect: 'Deny', Principal: '*', Action: 'kms:Encrypt', Resource: '*' },
    ],
  });
  await kms.putKeyPolicy({ KeyId, Policy });
  await refusalOf(kms.encrypt({ KeyId, Plaintext: Buffer.from('text') }));
  expect(trail.at(-1)).toMatchObject({
    errorCode: 'AccessDenied',
    errorMessage: expect.stringContaining(`kms:Encrypt on resource: ${Arn}`),
    requestParameters: null,
  });
  expect(trail.at(-1)).not.toHaveProperty('resources');
});

test('a re-encryption names both keys and both contexts', async () => {
  const { kms, trail } = await aTrail();
  const [source, destination] = [await aKey(kms), await aKey(kms)];
  const CiphertextBlob = await encryptText(kms, source.KeyId, 'text', { tenant: 'acme' });
  await kms.reEncrypt({
    CiphertextBlob,
    SourceEncryptionContext: { tenant: 'acme' },
    DestinationKeyId: destination.KeyId,
    DestinationEncryptionContext: { tenant: 'acme' },
  });
  expect(trail.at(-1)).toMatchObject({
    eventName: 'ReEncrypt',
    readOnly: true,
    requestParameters: {
      sourceKeyId: source.Arn,
      sourceEncryptionContext: { tenant: 'acme' },
      destinationKeyId: destination.KeyId,
      destinationEncryptionContext: { tenant: 'acme' },
    },
    resources: [{ ARN: source.Arn }, { ARN: destination.Arn }],
  });
});

test('changes of a key are write events, uses and reads of a key are read-only events', async () => {
  const { kms, trail } = await aTrail();
  const { KeyId } = await aKey(kms);
  await kms.describeKey({ KeyId });
  await kms.listKeys({});
  await kms.getKeyPolicy({ KeyId });
  await kms.decrypt({ CiphertextBlob: await encryptText(kms, KeyId, 'text') });
  await kms.createAlias({ AliasName: 'alias/orders', TargetKeyId: KeyId });
  await kms.tagResource({ KeyId, Tags: [{ TagKey: 'a', TagValue: 'b' }] });
  await kms.disableKey({ KeyId });
  await kms.scheduleKeyDeletion({ KeyId });
  expect(trail.map(({ eventName, readOnly }) => [eventName, readOnly])).toEqual([
    ['CreateKey', false], ['DescribeKey', true], ['ListKeys', true], ['GetKeyPolicy', true], ['Encrypt', true], ['Decrypt', true],
    ['CreateAlias', false], ['TagResource', false], ['DisableKey', false], ['ScheduleKeyDeletion', false],
  ]);
});

test('the record of a data key has its spec and context, never its key material', async () => {
  const { kms, trail } = await aTrail();
  const { KeyId } = await aKey(kms);
  const { KeyMaterialId } = await kms.generateDataKey({ KeyId, KeySpec: 'AES_256', EncryptionContext: { Tenant: 'acme' } });
  expect(trail.at(-1)).toMatchObject({
    eventName: 'GenerateDataKey',
    requestParameters: { keyId: KeyId, keySpec: 'AES_256', encryptionContext: { Tenant: 'acme' } },
    responseElements: null,
    additionalEventData: { keyMaterialId: KeyMaterialId },
  });
});

test('the record of a change has its answer, with dates in the format of CloudTrail, and its key', async () => {
  const { kms, trail } = await aTrail();
  const { KeyId, Arn } = await aKey(kms);
  expect(trail.at(-1)).toMatchObject({
    requestParameters: null,
    responseElements: {
      keyMetadata: { aWSAccountId: ACCOUNT, keyId: KeyId, arn: Arn, creationDate: 'Jan 1, 2026, 12:00:00 AM', keyState: 'Enabled' },
    },
  });
  await kms.tagResource({ KeyId, Tags: [{ TagKey: 'Team', TagValue: 'Orders' }] });
  expect(trail.at(-1)).toMatchObject({
    requestParameters: { keyId: KeyId, tags: [{ tagKey: 'Team', tagValue: 'Orders' }] }, responseElements: { keyId: Arn },
  });
  await kms.scheduleKeyDeletion({ KeyId, PendingWindowInDays: 7 });
  expect(trail.at(-1)).toMatchObject({
    requestParameters: { keyId: KeyId, pendingWindowInDays: 7 },
    responseElements: { keyId: Arn, keyState: 'PendingDeletion', deletionDate: 'Jan 8, 2026, 12:00:00 AM', pendingWindowInDays: 7 },
  });
  await refusalOf(kms.disableKey({ KeyId }));
  expect(trail.at(-1)).toMatchObject({ requestParameters: { keyId: KeyId }, responseElements: null });
});

test('the record of an import has the key material id and its expiry', async () => {
  const { kms, trail } = await aTrail();
  const { KeyId, Arn, CurrentKeyMaterialId } = await anImportedKey(kms, randomBytes(32), { ValidTo: new Date('2026-03-04T15:06:07Z') });
  expect(trail.find(({ eventName }) => eventName === 'ImportKeyMaterial')).toMatchObject({
    requestParameters: { keyId: KeyId, expirationModel: 'KEY_MATERIAL_EXPIRES', validTo: 'Mar 4, 2026, 3:06:07 PM' },
    responseElements: { keyId: Arn, keyMaterialId: CurrentKeyMaterialId },
  });
});

describe('no record of any operation holds binary members or tokens', () => {
  const SECRET = Buffer.from('neither of these bytes nor their base64 may be told');
  const ENCODED = SECRET.toString('base64');
  const REQUEST = Object.fromEntries(
    [
      'Plaintext',
      'CiphertextBlob',
      'Message',
      'Mac',
      'Signature',
      'PublicKey',
      'ImportToken',
      'EncryptedKeyMaterial',
      'Ciphertext',
      'GrantToken',
    ]
      .map((name) => [name, ENCODED] as [string, unknown])
      .concat([
        ['GrantTokens', [ENCODED]],
        ['Recipient', { AttestationDocument: ENCODED }],
      ]),
  );
  const ANSWER = Object.fromEntries(
    [
      'Plaintext',
      'CiphertextBlob',
      'PrivateKeyPlaintext',
      'PrivateKeyCiphertextBlob',
      'PublicKey',
      'Signature',
      'Mac',
      'SharedSecret',
      'ImportToken',
      'GrantToken',
      'CiphertextForRecipient',
      'Ciphertext',
      'EncapsulatedSecret',
      'NextMarker',
    ].map((name) => [name, ENCODED]),
  );

  test.each(Object.entries(OPERATIONS))('%s', (name, { request }) => {
    const read = request.read(REQUEST, '', new Violations());
    const recorded = JSON.stringify(cloudTrailFields(name, read, ANSWER, [], true));
    for (const secret of [ENCODED, SECRET.toString(), SECRET.toString('hex'), [...SECRET].join(',')]) {
      expect(recorded).not.toContain(secret);
    }
  });
});

test('the record of a call whose answer was lost has no error', async () => {
  const { server, kms, trail } = await aTrail();
  const { KeyId } = await aKey(kms);
  server.faults.set([{ operation: 'DisableKey', kind: 'answerLost' }]);
  await refusalOf(kms.disableKey({ KeyId }));
  expect(trail.at(-1)).not.toHaveProperty('errorCode');
});
