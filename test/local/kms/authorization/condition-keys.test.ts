import type { AuthorizationRequest } from '../../../../local/kms/authorization/authorizer';
import { CONDITION_KEYS } from '../../../../local/kms/authorization/condition-keys';
import { KeyStore } from '../../../../local/kms/model/keys/key-store';
import { OPERATION_NAMES } from '../../../../local/kms/protocol/operation-names';
import { ACCOUNT, aKmsKey, anAuthorizer, aRequest, holds, NOW, policyOf, REGION, WORKER } from '../authorizer-bench';
import { aKey, aLocalKms } from '../local-kms-bench';

const KEY_ID = aKmsKey().keyId;
const OTHER_KEY_ID = '00000000-12ab-34cd-56ef-1234567890ab';
const DAY = 24 * 60 * 60 * 1000;

describe('conditions on an encryption context', () => {
  const acme = { tenant: 'acme' };
  const other = { tenant: 'other' };

  test.each([
    ['StringEquals', 'acme', { acme: true, other: false, none: false }],
    ['StringEquals', ['other', 'acme'], { acme: true, other: true, none: false }],
    ['StringEquals', 'ACME', { acme: false, other: false, none: false }],
    ['StringEquals', 'ac*', { acme: false, other: false, none: false }],
    ['StringNotEquals', 'acme', { acme: false, other: true, none: true }],
    ['StringEqualsIgnoreCase', 'ACME', { acme: true, other: false, none: false }],
    ['StringNotEqualsIgnoreCase', 'ACME', { acme: false, other: true, none: true }],
    ['StringLike', 'a?m*', { acme: true, other: false, none: false }],
    ['StringNotLike', 'a?m*', { acme: false, other: true, none: true }],
    ['StringEqualsIfExists', 'acme', { acme: true, other: false, none: true }],
    ['StringLikeIfExists', 'oth*', { acme: false, other: true, none: true }],
    ['ForAllValues:StringEquals', ['acme'], { acme: true, other: false, none: true }],
    ['ForAnyValue:StringEquals', ['acme'], { acme: true, other: false, none: false }],
    ['Null', 'true', { acme: false, other: false, none: true }],
    ['Null', 'false', { acme: true, other: true, none: false }],
  ])('%s %j', async (operator, values, expected) => {
    const condition = { [operator]: { 'kms:EncryptionContext:tenant': values } };
    expect({
      acme: await holds(condition, { encryptionContext: acme }),
      other: await holds(condition, { encryptionContext: other }),
      none: await holds(condition),
    }).toEqual(expected);
  });

  test.each(['tenant', 'Tenant', 'aws:s3:arn', 'with space', 'größe', 'constructor', 'a/b', '${x}', '*'])('may name %j', async (name) => {
    const condition = { StringEquals: { [`kms:EncryptionContext:${name}`]: 'value' } };
    expect(await holds(condition, { encryptionContext: { [name]: 'value' } })).toBe(true);
    expect(await holds(condition, { encryptionContext: { other: 'value' } })).toBe(false);
    expect(await holds(condition)).toBe(false);
  });

  test('ignore the case of a name, but not of a value', async () => {
    const condition = { StringEquals: { 'KMS:encryptioncontext:TENANT': 'acme' } };
    expect(await holds(condition, { encryptionContext: { Tenant: 'acme' } })).toBe(true);
    expect(await holds(condition, { encryptionContext: { Tenant: 'Acme' } })).toBe(false);
  });

  test('match only together with the other conditions', async () => {
    const condition = {
      StringEquals: { 'kms:EncryptionContext:tenant': 'acme', 'kms:EncryptionContext:app': 'shop', 'kms:CallerAccount': ACCOUNT },
    };
    expect(await holds(condition, { encryptionContext: { tenant: 'acme', app: 'shop' } })).toBe(true);
    expect(await holds(condition, { encryptionContext: { tenant: 'acme', app: 'bank' } })).toBe(false);
  });

  test('may be compared with, as a variable', async () => {
    const condition = { StringEquals: { 'aws:RequestedRegion': '${kms:EncryptionContext:Region}' } };
    expect(await holds(condition, { encryptionContext: { region: REGION } })).toBe(true);
    expect(await holds(condition, { encryptionContext: { region: 'us-east-1' } })).toBe(false);
  });

  test('apply to Deny and Allow', async () => {
    const denying = {
      Effect: 'Deny',
      Action: 'kms:Encrypt',
      Resource: '*',
      Condition: { StringNotEquals: { 'kms:EncryptionContext:tenant': 'acme' } },
    };
    const authorizer = anAuthorizer({ [WORKER]: [policyOf(denying)] });
    expect(await authorizer.decide(aRequest({ encryptionContext: acme }))).toBeUndefined();
    expect(await authorizer.decide(aRequest({ encryptionContext: other }))).toMatchObject({
      because: 'with an explicit deny in an identity-based policy',
    });
  });

  test('compare the constraint of a new grant as the encryption context', async () => {
    const condition = { StringEquals: { 'kms:EncryptionContext:tenant': 'acme' } };
    const grant = (Constraints: object) => ({ action: 'kms:CreateGrant', request: { Constraints } });
    expect(await holds(condition, grant({ EncryptionContextSubset: acme }))).toBe(true);
    expect(await holds(condition, grant({ EncryptionContextEquals: other }))).toBe(false);
    expect(await holds(condition, { ...grant({}), encryptionContext: acme })).toBe(false);
  });

  test('distinguish the two sides of a ReEncrypt', async () => {
    const { server, as } = await aLocalKms({ enforcePolicies: { principals: { worker: WORKER } } });
    const worker = as('worker');
    server.enforcement.off();
    const [source, destination] = [await aKey(worker), await aKey(worker)];
    const { CiphertextBlob } = await worker.encrypt({ KeyId: source.KeyId, Plaintext: Buffer.from('text'), EncryptionContext: acme });
    const give = (KeyId: string, Action: string, tenant: string) => worker.putKeyPolicy({
      KeyId,
      Policy: JSON.stringify(policyOf({
        Effect: 'Allow',
        Principal: { AWS: WORKER },
        Action: [Action, 'kms:PutKeyPolicy'],
        Resource: '*',
        Condition: { StringEqualsIfExists: { 'kms:EncryptionContext:tenant': tenant } },
      })),
    });
    await give(source.KeyId, 'kms:ReEncryptFrom', 'acme');
    await give(destination.KeyId, 'kms:ReEncryptTo', 'other');
    await server.enforcement.on({});

    const request = { CiphertextBlob, SourceEncryptionContext: acme, DestinationKeyId: destination.KeyId };
    await worker.reEncrypt({ ...request, DestinationEncryptionContext: other });
    await expect(worker.reEncrypt({ ...request, DestinationEncryptionContext: acme })).rejects.toThrow(/kms:ReEncryptTo on resource/);
  });
});

/** Condition key, operator, a value that holds, a value that does not, and the request. */
const STORE = new KeyStore({ partition: 'aws', region: REGION, account: ACCOUNT });
STORE.aliases.set('alias/orders', { aliasName: 'alias/orders', keyId: KEY_ID, createdAt: NOW, updatedAt: NOW });
const replica = aKmsKey({ multiRegion: { primaryRegion: 'us-east-1', replicaRegions: [REGION] } });
const USED_THREE_DAYS_AGO = aKmsKey({
  lastUse: { operation: 'Encrypt', at: NOW - 3.5 * DAY, requestId: '', eventId: '' },
  createdAt: NOW - 9 * DAY,
});

const requested = (action: string, request: object, more: Partial<AuthorizationRequest> = {}) => ({
  action: `kms:${action}`,
  request,
  ...more,
});

test.each<[string, string, string | string[], string | string[], Partial<AuthorizationRequest>]>([
  ['aws:PrincipalArn', 'ArnLike', `arn:aws:iam::${ACCOUNT}:role/*`, `arn:aws:iam::${ACCOUNT}:user/*`, {}],
  ['aws:PrincipalAccount', 'StringEquals', ACCOUNT, '0', {}],
  ['aws:RequestedRegion', 'StringEquals', REGION, 'us-east-1', {}],
  ['aws:CurrentTime', 'DateEquals', '2026-01-01T00:00:00Z', '2026-01-01T00:00:01Z', {}],
  ['aws:EpochTime', 'NumericEquals', String(NOW / 1000), '0', {}],
  ['aws:ResourceTag/team', 'StringEquals', 'orders', 'shop', { key: aKmsKey({ tags: [{ TagKey: 'team', TagValue: 'orders' }] }) }],
  ['aws:RequestTag/team', 'StringEquals', 'orders', 'shop', requested('TagResource', { Tags: [{ TagKey: 'team', TagValue: 'orders' }] })],
  [
    'aws:TagKeys',
    'ForAnyValue:StringEquals',
    'team',
    'other',
    requested('TagResource', { Tags: [{ TagKey: 'team', TagValue: 'orders' }] }),
  ],
  ['aws:TagKeys', 'ForAnyValue:StringEquals', 'team', 'other', requested('UntagResource', { TagKeys: ['team'] })],
  ['kms:CallerAccount', 'StringEquals', ACCOUNT, '0', {}],
  ['kms:KeySpec', 'StringEquals', 'RSA_2048', 'RSA_4096', { key: aKmsKey({ keySpec: 'RSA_2048' }) }],
  ['kms:KeyUsage', 'StringEquals', 'SIGN_VERIFY', 'ENCRYPT_DECRYPT', { key: aKmsKey({ keyUsage: 'SIGN_VERIFY' }) }],
  ['kms:KeyOrigin', 'StringEquals', 'EXTERNAL', 'AWS_KMS', { key: aKmsKey({ origin: 'EXTERNAL' }) }],
  ['kms:MultiRegion', 'Bool', 'false', 'true', {}],
  ['kms:MultiRegion', 'Bool', 'true', 'false', { key: replica }],
  ['kms:MultiRegionKeyType', 'StringEquals', 'REPLICA', 'PRIMARY', { key: replica }],
  ['kms:MultiRegionKeyType', 'Null', 'true', 'false', {}],
  ['kms:ResourceAliases', 'ForAnyValue:StringLike', 'alias/ord*', 'alias/other', { store: STORE }],
  ['kms:ResourceAliases', 'Null', 'true', 'false', {}],
  ['kms:RequestAlias', 'StringEquals', 'alias/orders', 'alias/other', { request: { KeyId: 'alias/orders' } }],
  [
    'kms:RequestAlias',
    'StringEquals',
    'alias/orders',
    'alias/other',
    { request: { KeyId: `arn:aws:kms:${REGION}:${ACCOUNT}:alias/orders` } },
  ],
  ['kms:RequestAlias', 'Null', 'true', 'false', { request: { KeyId: KEY_ID }, store: STORE }],
  [
    'kms:RequestAlias',
    'StringEquals',
    'alias/to',
    'alias/from',
    requested('ReEncryptTo', { SourceKeyId: 'alias/from', DestinationKeyId: 'alias/to' }),
  ],
  ['kms:ReEncryptOnSameKey', 'Bool', 'true', 'false', requested('ReEncryptFrom', { DestinationKeyId: 'alias/orders' }, { store: STORE })],
  ['kms:ReEncryptOnSameKey', 'Bool', 'false', 'true', requested('ReEncryptTo', { DestinationKeyId: KEY_ID, SourceKeyId: OTHER_KEY_ID })],
  ['kms:EncryptionAlgorithm', 'StringEquals', 'SYMMETRIC_DEFAULT', 'RSAES_OAEP_SHA_256', {}],
  [
    'kms:EncryptionAlgorithm',
    'StringEquals',
    'RSAES_OAEP_SHA_1',
    'SYMMETRIC_DEFAULT',
    requested('ReEncryptFrom', { SourceEncryptionAlgorithm: 'RSAES_OAEP_SHA_1' }),
  ],
  ['kms:EncryptionAlgorithm', 'Null', 'true', 'false', requested('DescribeKey', {})],
  ['kms:EncryptionContextKeys', 'ForAllValues:StringEquals', ['a', 'b'], ['a', 'B'], { encryptionContext: { a: '1', b: '2' } }],
  ['kms:SigningAlgorithm', 'StringEquals', 'ECDSA_SHA_256', 'ECDSA_SHA_384', requested('Sign', { SigningAlgorithm: 'ECDSA_SHA_256' })],
  ['kms:MessageType', 'StringEquals', 'RAW', 'DIGEST', requested('Verify', {})],
  ['kms:MacAlgorithm', 'StringEquals', 'HMAC_SHA_256', 'HMAC_SHA_512', requested('GenerateMac', { MacAlgorithm: 'HMAC_SHA_256' })],
  ['kms:KeyAgreementAlgorithm', 'StringEquals', 'ECDH', 'other', requested('DeriveSharedSecret', { KeyAgreementAlgorithm: 'ECDH' })],
  ['kms:DataKeyPairSpec', 'StringEquals', 'RSA_2048', 'RSA_4096', requested('GenerateDataKeyPair', { KeyPairSpec: 'RSA_2048' })],
  [
    'kms:GrantOperations',
    'ForAllValues:StringEquals',
    ['Encrypt', 'Decrypt'],
    ['Encrypt'],
    requested('CreateGrant', { Operations: ['Decrypt'] }),
  ],
  ['kms:GranteePrincipal', 'StringEquals', WORKER, 'other', requested('CreateGrant', { GranteePrincipal: WORKER })],
  ['kms:RetiringPrincipal', 'StringEquals', WORKER, 'other', requested('CreateGrant', { RetiringPrincipal: WORKER })],
  [
    'kms:GrantConstraintType',
    'StringEquals',
    'EncryptionContextSubset',
    'EncryptionContextEquals',
    requested('CreateGrant', { Constraints: { EncryptionContextSubset: { a: '1' } } }),
  ],
  ['kms:GrantIsForAWSResource', 'Bool', 'false', 'true', requested('RevokeGrant', {})],
  ['kms:ExpirationModel', 'StringEquals', 'KEY_MATERIAL_EXPIRES', 'KEY_MATERIAL_DOES_NOT_EXPIRE', requested('ImportKeyMaterial', {})],
  [
    'kms:ValidTo',
    'NumericLessThan',
    String(NOW / 1000 + 61),
    String(NOW / 1000 + 60),
    requested('ImportKeyMaterial', { ValidTo: NOW + 60_000 }),
  ],
  [
    'kms:WrappingAlgorithm',
    'StringEquals',
    'RSAES_OAEP_SHA_256',
    'RSAES_OAEP_SHA_1',
    requested('GetParametersForImport', { WrappingAlgorithm: 'RSAES_OAEP_SHA_256' }),
  ],
  ['kms:WrappingKeySpec', 'StringEquals', 'RSA_4096', 'RSA_2048', requested('GetParametersForImport', { WrappingKeySpec: 'RSA_4096' })],
  ['kms:RotationPeriodInDays', 'NumericEquals', '90', '365', requested('EnableKeyRotation', { RotationPeriodInDays: 90 })],
  ['kms:RotationPeriodInDays', 'NumericEquals', '365', '90', requested('EnableKeyRotation', {})],
  [
    'kms:ScheduleKeyDeletionPendingWindowInDays',
    'NumericGreaterThanEquals',
    '7',
    '8',
    requested('ScheduleKeyDeletion', { PendingWindowInDays: 7 }),
  ],
  ['kms:ScheduleKeyDeletionPendingWindowInDays', 'NumericEquals', '30', '7', requested('ScheduleKeyDeletion', {})],
  ['kms:TrailingDaysWithoutKeyUsage', 'NumericEquals', '3', '4', requested('DisableKey', {}, { key: USED_THREE_DAYS_AGO })],
  [
    'kms:TrailingDaysWithoutKeyUsage',
    'NumericEquals',
    '2',
    '3',
    requested('ScheduleKeyDeletion', {}, { key: aKmsKey({ createdAt: NOW - 2 * DAY }) }),
  ],
  ['kms:PrimaryRegion', 'StringEquals', 'us-east-1', REGION, requested('UpdatePrimaryRegion', { PrimaryRegion: 'us-east-1' })],
  ['kms:ReplicaRegion', 'StringEquals', 'us-east-1', REGION, requested('ReplicateKey', { ReplicaRegion: 'us-east-1' })],
  ['kms:BypassPolicyLockoutSafetyCheck', 'Bool', 'true', 'false', requested('PutKeyPolicy', { BypassPolicyLockoutSafetyCheck: true })],
  ['kms:BypassPolicyLockoutSafetyCheck', 'Bool', 'false', 'true', requested('PutKeyPolicy', {})],
])('%s %s %s, and not %s', async (name, operator, right, wrong, request) => {
  expect(await holds({ [operator]: { [name]: right } }, request)).toBe(true);
  expect(await holds({ [operator]: { [name]: wrong } }, request)).toBe(false);
});

describe('condition keys of a key that does not exist yet', () => {
  test.each([
    ['kms:KeySpec', 'SYMMETRIC_DEFAULT', {}],
    ['kms:KeySpec', 'HMAC_256', { KeySpec: 'HMAC_256' }],
    ['kms:KeySpec', 'RSA_2048', { CustomerMasterKeySpec: 'RSA_2048' }],
    ['kms:KeyUsage', 'ENCRYPT_DECRYPT', {}],
    ['kms:KeyOrigin', 'EXTERNAL', { Origin: 'EXTERNAL' }],
    ['kms:KeyOrigin', 'AWS_KMS', {}],
    ['kms:MultiRegion', 'true', { MultiRegion: true }],
    ['kms:MultiRegionKeyType', 'PRIMARY', { MultiRegion: true }],
    ['kms:BypassPolicyLockoutSafetyCheck', 'false', {}],
    ['aws:RequestTag/team', 'orders', { Tags: [{ TagKey: 'team', TagValue: 'orders' }] }],
  ])('has %s %s', async (name, value, request) => {
    const mayCreate = (wanted: string) => anAuthorizer({
      [WORKER]: [policyOf({ Effect: 'Allow', Action: 'kms:CreateKey', Resource: '*', Condition: { StringEquals: { [name]: wanted } } })],
    }).decide(aRequest({ action: 'kms:CreateKey', key: undefined, request }));
    expect(await mayCreate(value)).toBeUndefined();
    expect(await mayCreate(`not ${value}`)).toMatchObject({ because: 'because no identity-based policy allows the kms:CreateKey action' });
  });
});

/** Everything that a request can have, so that as many condition keys as can be are present. */
const EVERYTHING = {
  Constraints: { EncryptionContextEquals: { a: '1' } },
  DestinationKeyId: KEY_ID,
  SourceKeyId: KEY_ID,
  KeyId: 'alias/orders',
  GranteePrincipal: WORKER,
  KeyAgreementAlgorithm: 'ECDH',
  KeyPairSpec: 'RSA_2048',
  MacAlgorithm: 'HMAC_SHA_256',
  Operations: ['Decrypt'],
  PrimaryRegion: REGION,
  ReplicaRegion: REGION,
  RetiringPrincipal: WORKER,
  SigningAlgorithm: 'ECDSA_SHA_256',
  TagKeys: ['a'],
  Tags: [{ TagKey: 'a', TagValue: '1' }],
  ValidTo: NOW,
  WrappingAlgorithm: 'RSAES_OAEP_SHA_256',
  WrappingKeySpec: 'RSA_2048',
  MultiRegion: true,
};
const ON_NO_KEY = ['CreateKey', 'GenerateRandom', 'ListAliases', 'ListKeys', 'ListRetirableGrants'];
const ON_ALIASES = ['CreateAlias', 'DeleteAlias', 'UpdateAlias'];
const actionsOf = (name: string) => name === 'ReEncrypt' ? ['ReEncryptFrom', 'ReEncryptTo'] : [name];
// Actions that the evaluator does not know: custom key stores, which this KMS does not support, and the newer
// operations of ML-KEM.
const ACTIONS = OPERATION_NAMES.filter((name) => !/CustomKeyStore|capsulate$/.test(name)).flatMap(actionsOf);

test.each(ACTIONS)('no condition key that %s has is dropped by the evaluator', async (action) => {
  const names = [...CONDITION_KEYS, 'kms:EncryptionContext:a', 'aws:ResourceTag/a', 'aws:RequestTag/a'];
  const statement = {
    Effect: 'Allow',
    Action: 'kms:*',
    Resource: '*',
    Condition: { StringEqualsIfExists: Object.fromEntries(names.map((name) => [name, 'x'])) },
  };
  const key = aKmsKey({ ...replica, tags: EVERYTHING.Tags, policy: JSON.stringify(policyOf({ ...statement, Principal: '*' })) });
  const authorizer = anAuthorizer({ [WORKER]: [policyOf(statement)] });
  const request = aRequest({
    ...requested(action, EVERYTHING),
    key: ON_NO_KEY.includes(action) ? undefined : key,
    store: STORE,
    encryptionContext: { a: '1' },
  });
  await expect(authorizer.decide(request)).resolves.toBeDefined();
  if (ON_ALIASES.includes(action)) {
    const onAlias = { ...request, key: undefined, aliasArn: `arn:aws:kms:${REGION}:${ACCOUNT}:alias/orders` };
    await expect(authorizer.decide(onAlias)).resolves.toBeDefined();
  }
});
