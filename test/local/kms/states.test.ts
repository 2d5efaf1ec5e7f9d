import { randomBytes } from 'node:crypto';
import type { KMS } from '@aws-sdk/client-kms';
import { aKey, aLocalKms, anImportedKey, encryptText, importBytes, refusalOf, wrapped, type Described } from './local-kms-bench';
import { STATE_RULES } from '../../../local/kms/keys/states';
import { OPERATIONS } from '../../../local/kms/operations/operations-table';

type State = 'Enabled' | 'Disabled' | 'PendingDeletion' | 'PendingImport';
const STATES: readonly State[] = ['Enabled', 'Disabled', 'PendingDeletion', 'PendingImport'];

/** AWS's table of operations and key states, written by hand: what comes of the operation in each of STATES. */
const EXPECTED: Record<string, string> = {
  CancelKeyDeletion: 'not-pending-deletion not-pending-deletion ok not-pending-deletion',
  CreateAlias: 'ok ok pending-deletion ok',
  CreateGrant: 'ok disabled pending-deletion pending-import',
  Decrypt: 'ok disabled pending-deletion pending-import',
  DeleteAlias: 'ok ok ok ok',
  DeleteImportedKeyMaterial: 'ok ok ok ok',
  DescribeKey: 'ok ok ok ok',
  DisableKey: 'ok ok pending-deletion pending-import',
  EnableKey: 'ok ok pending-deletion pending-import',
  Encrypt: 'ok disabled pending-deletion pending-import',
  GenerateDataKey: 'ok disabled pending-deletion pending-import',
  GenerateDataKeyWithoutPlaintext: 'ok disabled pending-deletion pending-import',
  GetKeyLastUsage: 'ok ok ok ok',
  GetKeyPolicy: 'ok ok ok ok',
  GetKeyRotationStatus: 'ok ok ok external',
  GetParametersForImport: 'ok ok pending-deletion ok',
  ImportKeyMaterial: 'ok ok pending-deletion ok',
  ListAliases: 'ok ok ok ok',
  ListGrants: 'ok ok ok ok',
  ListKeyPolicies: 'ok ok ok ok',
  ListKeyRotations: 'ok ok ok ok',
  ListResourceTags: 'ok ok ok ok',
  PutKeyPolicy: 'ok ok ok ok',
  ReEncrypt: 'ok disabled pending-deletion pending-import',
  RetireGrant: 'ok ok ok ok',
  RevokeGrant: 'ok ok ok ok',
  RotateKeyOnDemand: 'ok disabled pending-deletion pending-import',
  ScheduleKeyDeletion: 'ok ok pending-deletion ok',
  TagResource: 'ok ok pending-deletion ok',
  UntagResource: 'ok ok pending-deletion ok',
  UpdateAlias: 'ok ok pending-deletion ok',
  UpdateKeyDescription: 'ok ok pending-deletion ok',
};

const REFUSALS: Record<string, (arn: string) => string> = {
  'disabled': (arn) => `DisabledException: ${arn} is disabled.`,
  'pending-deletion': (arn) => `KMSInvalidStateException: ${arn} is pending deletion.`,
  'pending-import': (arn) => `KMSInvalidStateException: ${arn} is pending import.`,
  'not-pending-deletion': (arn) => `KMSInvalidStateException: ${arn} is not pending deletion.`,
  'external': (arn) => `UnsupportedOperationException: ${arn} origin is EXTERNAL which is not valid for this operation.`,
};

/** A key with everything prepared that an operation may need, before it is brought into a state. */
interface Prepared {
  readonly key: Described & { bytes: Buffer };
  readonly blob: Uint8Array;
  readonly token: Uint8Array;
  readonly material: Uint8Array;
  readonly grantId: string;
}

const GRANT = { GranteePrincipal: 'arn:aws:iam::444455556666:role/reader', Operations: ['Decrypt' as const] };

const CALLS: Record<string, (kms: KMS, prepared: Prepared) => Promise<unknown>> = {
  CancelKeyDeletion: (kms, { key }) => kms.cancelKeyDeletion({ KeyId: key.KeyId }),
  CreateAlias: (kms, { key }) => kms.createAlias({ AliasName: 'alias/new', TargetKeyId: key.KeyId }),
  CreateGrant: (kms, { key }) => kms.createGrant({ KeyId: key.KeyId, ...GRANT }),
  Decrypt: (kms, { blob }) => kms.decrypt({ CiphertextBlob: blob }),
  DeleteAlias: (kms) => kms.deleteAlias({ AliasName: 'alias/present' }),
  DeleteImportedKeyMaterial: (kms, { key }) => kms.deleteImportedKeyMaterial({ KeyId: key.KeyId }),
  DescribeKey: (kms, { key }) => kms.describeKey({ KeyId: key.KeyId }),
  DisableKey: (kms, { key }) => kms.disableKey({ KeyId: key.KeyId }),
  EnableKey: (kms, { key }) => kms.enableKey({ KeyId: key.KeyId }),
  Encrypt: (kms, { key }) => kms.encrypt({ KeyId: key.KeyId, Plaintext: Buffer.from('text') }),
  GenerateDataKey: (kms, { key }) => kms.generateDataKey({ KeyId: key.KeyId, KeySpec: 'AES_256' }),
  GenerateDataKeyWithoutPlaintext: (kms, { key }) => kms.generateDataKeyWithoutPlaintext({ KeyId: key.KeyId, KeySpec: 'AES_256' }),
  GetKeyLastUsage: (kms, { key }) => kms.getKeyLastUsage({ KeyId: key.KeyId }),
  GetKeyPolicy: (kms, { key }) => kms.getKeyPolicy({ KeyId: key.KeyId }),
  GetKeyRotationStatus: (kms, { key }) => kms.getKeyRotationStatus({ KeyId: key.KeyId }),
  GetParametersForImport: (kms, { key }) =>
    kms.getParametersForImport({ KeyId: key.KeyId, WrappingAlgorithm: 'RSAES_OAEP_SHA_1', WrappingKeySpec: 'RSA_2048' }),
  ImportKeyMaterial: (kms, { key, token, material }) => kms.importKeyMaterial(
    { KeyId: key.KeyId, ImportToken: token, EncryptedKeyMaterial: material, ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE' }),
  ListAliases: (kms, { key }) => kms.listAliases({ KeyId: key.KeyId }),
  ListGrants: (kms, { key }) => kms.listGrants({ KeyId: key.KeyId }),
  ListKeyPolicies: (kms, { key }) => kms.listKeyPolicies({ KeyId: key.KeyId }),
  ListKeyRotations: (kms, { key }) => kms.listKeyRotations({ KeyId: key.KeyId }),
  ListResourceTags: (kms, { key }) => kms.listResourceTags({ KeyId: key.KeyId }),
  PutKeyPolicy: async (kms, { key }) => kms.putKeyPolicy({ KeyId: key.KeyId, Policy: (await kms.getKeyPolicy({ KeyId: key.KeyId })).Policy }),
  ReEncrypt: (kms, { key, blob }) => kms.reEncrypt({ CiphertextBlob: blob, DestinationKeyId: key.KeyId }),
  RetireGrant: (kms, { key, grantId }) => kms.retireGrant({ KeyId: key.Arn, GrantId: grantId }),
  RevokeGrant: (kms, { key, grantId }) => kms.revokeGrant({ KeyId: key.KeyId, GrantId: grantId }),
  RotateKeyOnDemand: (kms, { key }) => kms.rotateKeyOnDemand({ KeyId: key.KeyId }),
  ScheduleKeyDeletion: (kms, { key }) => kms.scheduleKeyDeletion({ KeyId: key.KeyId }),
  TagResource: (kms, { key }) => kms.tagResource({ KeyId: key.KeyId, Tags: [{ TagKey: 'team', TagValue: 'orders' }] }),
  UntagResource: (kms, { key }) => kms.untagResource({ KeyId: key.KeyId, TagKeys: ['team'] }),
  UpdateAlias: (kms, { key }) => kms.updateAlias({ AliasName: 'alias/elsewhere', TargetKeyId: key.KeyId }),
  UpdateKeyDescription: (kms, { key }) => kms.updateKeyDescription({ KeyId: key.KeyId, Description: 'new' }),
};

/** With material, with another material waiting, with a grant, under an alias; another key has an alias that could come over. */
async function prepare(kms: KMS): Promise<Prepared> {
  const key = await anImportedKey(kms);
  const blob = await encryptText(kms, key.KeyId, 'text');
  await importBytes(kms, key.KeyId, randomBytes(32), { ImportType: 'NEW_KEY_MATERIAL' });
  await kms.createAlias({ AliasName: 'alias/present', TargetKeyId: key.KeyId });
  await kms.createAlias({ AliasName: 'alias/elsewhere', TargetKeyId: (await aKey(kms)).KeyId });
  const { ImportToken: token, EncryptedKeyMaterial: material } = await wrapped(kms, key.KeyId, key.bytes);
  const { GrantId } = await kms.createGrant({ KeyId: key.KeyId, ...GRANT });
  return { key, blob, token, material, grantId: GrantId! };
}

const BRING: Record<State, (kms: KMS, KeyId: string) => Promise<unknown>> = {
  Enabled: async () => undefined,
  Disabled: (kms, KeyId) => kms.disableKey({ KeyId }),
  PendingDeletion: (kms, KeyId) => kms.scheduleKeyDeletion({ KeyId }),
  PendingImport: (kms, KeyId) => kms.deleteImportedKeyMaterial({ KeyId }),
};

test('every operation that asks for a state has its row here, and a call that tries it', () => {
  const built = Object.keys(STATE_RULES).filter((name) => name in OPERATIONS);
  expect(built.sort()).toEqual(Object.keys(EXPECTED).sort());
  expect(Object.keys(CALLS).sort()).toEqual(Object.keys(EXPECTED).sort());
});

describe.each(Object.keys(EXPECTED))('%s', (operation) => {
  test.each(STATES.map((state, column): [State, string] => [state, EXPECTED[operation]!.split(' ')[column]!]))('of a key that is %s: %s', async (state, outcome) => {
    const { kms } = await aLocalKms();
    const prepared = await prepare(kms);
    await BRING[state](kms, prepared.key.KeyId);
    expect((await kms.describeKey({ KeyId: prepared.key.KeyId })).KeyMetadata).toMatchObject({ KeyState: state, Enabled: state === 'Enabled' });

    const call = CALLS[operation]!(kms, prepared);

    if (outcome === 'ok') await expect(call).resolves.toBeDefined();
    else expect(await refusalOf(call)).toBe(REFUSALS[outcome]!(prepared.key.Arn));
  });
});

test.each<[State, string]>([['Disabled', 'disabled'], ['PendingDeletion', 'pending-deletion'], ['PendingImport', 'pending-import']])(
  'a blob cannot be re-encrypted to a key that is %s', async (state, outcome) => {
    const { kms } = await aLocalKms();
    const blob = await encryptText(kms, (await aKey(kms)).KeyId, 'text');
    const { key } = await prepare(kms);
    await BRING[state](kms, key.KeyId);

    expect(await refusalOf(kms.reEncrypt({ CiphertextBlob: blob, DestinationKeyId: key.KeyId }))).toBe(REFUSALS[outcome]!(key.Arn));
  });

test('an alias moves away from a key that is pending deletion', async () => {
  const { kms } = await aLocalKms();
  const [old, next] = [await aKey(kms), await aKey(kms)];
  await kms.createAlias({ AliasName: 'alias/orders', TargetKeyId: old.KeyId });
  await kms.scheduleKeyDeletion({ KeyId: old.KeyId });

  await kms.updateAlias({ AliasName: 'alias/orders', TargetKeyId: next.KeyId });

  expect((await kms.describeKey({ KeyId: 'alias/orders' })).KeyMetadata!.KeyId).toBe(next.KeyId);
});
