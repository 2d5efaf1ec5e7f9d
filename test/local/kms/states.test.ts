import { generateKeyPairSync, randomBytes } from 'node:crypto';
import type { GenerateMacResponse, KeySpec, KeyUsageType, KMS, SignResponse } from '@aws-sdk/client-kms';
import { aKey, aLocalKms, anImportedKey, describeKey, encryptText, importBytes, refusalOf, wrapped, type Described } from './local-kms-bench';
import { STATE_RULES } from '../../../local/kms/keys/states';
import { OPERATIONS } from '../../../local/kms/operations/operations-table';

type State = 'Enabled' | 'Disabled' | 'PendingDeletion' | 'PendingImport';
const STATES: readonly State[] = ['Enabled', 'Disabled', 'PendingDeletion', 'PendingImport'];

/** AWS's table of operations and key states, written by hand: what comes of the operation in each of STATES; `-` where no key gets there. */
const EXPECTED: Record<string, string> = {
  CancelKeyDeletion: 'not-pending-deletion not-pending-deletion ok not-pending-deletion',
  CreateAlias: 'ok ok pending-deletion ok',
  Decapsulate: 'ok disabled pending-deletion -',
  Decrypt: 'ok disabled pending-deletion pending-import',
  DeleteAlias: 'ok ok ok ok',
  DeleteImportedKeyMaterial: 'ok ok ok ok',
  DeriveSharedSecret: 'ok disabled pending-deletion pending-import',
  DescribeKey: 'ok ok ok ok',
  DisableKey: 'ok ok pending-deletion pending-import',
  DisableKeyRotation: 'external external external external',
  EnableKey: 'ok ok pending-deletion pending-import',
  EnableKeyRotation: 'external external external external',
  Encapsulate: 'ok disabled pending-deletion -',
  Encrypt: 'ok disabled pending-deletion pending-import',
  GenerateDataKey: 'ok disabled pending-deletion pending-import',
  GenerateDataKeyPair: 'ok disabled pending-deletion pending-import',
  GenerateDataKeyPairWithoutPlaintext: 'ok disabled pending-deletion pending-import',
  GenerateDataKeyWithoutPlaintext: 'ok disabled pending-deletion pending-import',
  GenerateMac: 'ok disabled pending-deletion pending-import',
  GetKeyLastUsage: 'ok ok ok ok',
  GetKeyPolicy: 'ok ok ok ok',
  GetKeyRotationStatus: 'ok ok ok external',
  GetParametersForImport: 'ok ok pending-deletion ok',
  GetPublicKey: 'ok ok pending-deletion no-public-key',
  ImportKeyMaterial: 'ok ok pending-deletion ok',
  ListAliases: 'ok ok ok ok',
  ListGrants: 'ok ok ok ok',
  ListKeyPolicies: 'ok ok ok ok',
  ListKeyRotations: 'ok ok ok ok',
  ListResourceTags: 'ok ok ok ok',
  PutKeyPolicy: 'ok ok ok ok',
  ReEncrypt: 'ok disabled pending-deletion pending-import',
  ReplicateKey: 'not-primary not-primary not-primary not-primary',
  RotateKeyOnDemand: 'ok disabled pending-deletion pending-import',
  ScheduleKeyDeletion: 'ok ok pending-deletion ok',
  Sign: 'ok disabled pending-deletion pending-import',
  TagResource: 'ok ok pending-deletion ok',
  UntagResource: 'ok ok pending-deletion ok',
  UpdateAlias: 'ok ok pending-deletion ok',
  UpdateKeyDescription: 'ok ok pending-deletion ok',
  UpdatePrimaryRegion: 'not-primary not-primary not-primary not-primary',
  Verify: 'ok disabled pending-deletion pending-import',
  VerifyMac: 'ok disabled pending-deletion pending-import',
};

const REFUSALS: Record<string, (arn: string) => string> = {
  'disabled': (arn) => `DisabledException: ${arn} is disabled.`,
  'pending-deletion': (arn) => `KMSInvalidStateException: ${arn} is pending deletion.`,
  'pending-import': (arn) => `KMSInvalidStateException: ${arn} is pending import.`,
  'not-pending-deletion': (arn) => `KMSInvalidStateException: ${arn} is not pending deletion.`,
  'not-primary': (arn) => `UnsupportedOperationException: ${arn} is not a multi-region primary key.`,
  'external': (arn) => `UnsupportedOperationException: ${arn} origin is EXTERNAL which is not valid for this operation.`,
  // The state does not stand in the way, but a key that was never imported has no public key.
  'no-public-key': (arn) => `UnsupportedOperationException: ${arn} has no public key until its key material is imported.`,
};

/** A key with everything prepared that an operation may need, before it is brought into a state. */
interface Prepared {
  readonly key: Described;
  readonly blob?: Uint8Array;
  readonly token?: Uint8Array;
  readonly material?: Uint8Array;
  /** A signature or a MAC of MESSAGE. */
  readonly proof?: Uint8Array;
}

const MESSAGE = Buffer.from('text');
const CALLS: Record<string, (kms: KMS, prepared: Prepared) => Promise<unknown>> = {
  CancelKeyDeletion: (kms, { key }) => kms.cancelKeyDeletion({ KeyId: key.KeyId }),
  CreateAlias: (kms, { key }) => kms.createAlias({ AliasName: 'alias/new', TargetKeyId: key.KeyId }),
  Decapsulate: (kms, { key }) => kms.decapsulate(
    { KeyId: key.KeyId, EncapsulationAlgorithm: 'ML_KEM', SharedSecretCiphertextBlob: Buffer.alloc(768) }),
  Decrypt: (kms, { blob }) => kms.decrypt({ CiphertextBlob: blob }),
  DeleteAlias: (kms) => kms.deleteAlias({ AliasName: 'alias/present' }),
  DeleteImportedKeyMaterial: (kms, { key }) => kms.deleteImportedKeyMaterial({ KeyId: key.KeyId }),
  DeriveSharedSecret: async (kms, { key }) => kms.deriveSharedSecret({
    KeyId: key.KeyId,
    KeyAgreementAlgorithm: 'ECDH',
    PublicKey: generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).publicKey.export({ type: 'spki', format: 'der' }),
  }),
  DescribeKey: (kms, { key }) => kms.describeKey({ KeyId: key.KeyId }),
  DisableKey: (kms, { key }) => kms.disableKey({ KeyId: key.KeyId }),
  DisableKeyRotation: (kms, { key }) => kms.disableKeyRotation({ KeyId: key.KeyId }),
  EnableKey: (kms, { key }) => kms.enableKey({ KeyId: key.KeyId }),
  EnableKeyRotation: (kms, { key }) => kms.enableKeyRotation({ KeyId: key.KeyId }),
  Encapsulate: (kms, { key }) => kms.encapsulate({ KeyId: key.KeyId, EncapsulationAlgorithm: 'ML_KEM' }),
  Encrypt: (kms, { key }) => kms.encrypt({ KeyId: key.KeyId, Plaintext: Buffer.from('text') }),
  GenerateDataKey: (kms, { key }) => kms.generateDataKey({ KeyId: key.KeyId, KeySpec: 'AES_256' }),
  GenerateDataKeyPair: (kms, { key }) => kms.generateDataKeyPair({ KeyId: key.KeyId, KeyPairSpec: 'ECC_NIST_P256' }),
  GenerateDataKeyPairWithoutPlaintext: (kms, { key }) =>
    kms.generateDataKeyPairWithoutPlaintext({ KeyId: key.KeyId, KeyPairSpec: 'ECC_NIST_P256' }),
  GenerateDataKeyWithoutPlaintext: (kms, { key }) => kms.generateDataKeyWithoutPlaintext({ KeyId: key.KeyId, KeySpec: 'AES_256' }),
  GenerateMac: (kms, { key }) => kms.generateMac({ KeyId: key.KeyId, MacAlgorithm: 'HMAC_SHA_256', Message: MESSAGE }),
  GetKeyLastUsage: (kms, { key }) => kms.getKeyLastUsage({ KeyId: key.KeyId }),
  GetKeyPolicy: (kms, { key }) => kms.getKeyPolicy({ KeyId: key.KeyId }),
  GetKeyRotationStatus: (kms, { key }) => kms.getKeyRotationStatus({ KeyId: key.KeyId }),
  GetParametersForImport: (kms, { key }) =>
    kms.getParametersForImport({ KeyId: key.KeyId, WrappingAlgorithm: 'RSAES_OAEP_SHA_1', WrappingKeySpec: 'RSA_2048' }),
  GetPublicKey: (kms, { key }) => kms.getPublicKey({ KeyId: key.KeyId }),
  ImportKeyMaterial: (kms, { key, token, material }) => kms.importKeyMaterial(
    { KeyId: key.KeyId, ImportToken: token, EncryptedKeyMaterial: material, ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE' }),
  ListAliases: (kms, { key }) => kms.listAliases({ KeyId: key.KeyId }),
  ListGrants: (kms, { key }) => kms.listGrants({ KeyId: key.KeyId }),
  ListKeyPolicies: (kms, { key }) => kms.listKeyPolicies({ KeyId: key.KeyId }),
  ListKeyRotations: (kms, { key }) => kms.listKeyRotations({ KeyId: key.KeyId }),
  ListResourceTags: (kms, { key }) => kms.listResourceTags({ KeyId: key.KeyId }),
  PutKeyPolicy: async (kms, { key }) => kms.putKeyPolicy({ KeyId: key.KeyId, Policy: (await kms.getKeyPolicy({ KeyId: key.KeyId })).Policy }),
  ReEncrypt: (kms, { key, blob }) => kms.reEncrypt({ CiphertextBlob: blob, DestinationKeyId: key.KeyId }),
  ReplicateKey: (kms, { key }) => kms.replicateKey({ KeyId: key.KeyId, ReplicaRegion: 'us-east-1' }),
  RotateKeyOnDemand: (kms, { key }) => kms.rotateKeyOnDemand({ KeyId: key.KeyId }),
  ScheduleKeyDeletion: (kms, { key }) => kms.scheduleKeyDeletion({ KeyId: key.KeyId }),
  Sign: (kms, { key }) => kms.sign({ KeyId: key.KeyId, SigningAlgorithm: 'ECDSA_SHA_256', Message: MESSAGE }),
  TagResource: (kms, { key }) => kms.tagResource({ KeyId: key.KeyId, Tags: [{ TagKey: 'team', TagValue: 'orders' }] }),
  UntagResource: (kms, { key }) => kms.untagResource({ KeyId: key.KeyId, TagKeys: ['team'] }),
  UpdateAlias: (kms, { key }) => kms.updateAlias({ AliasName: 'alias/elsewhere', TargetKeyId: key.KeyId }),
  UpdateKeyDescription: (kms, { key }) => kms.updateKeyDescription({ KeyId: key.KeyId, Description: 'new' }),
  UpdatePrimaryRegion: (kms, { key }) => kms.updatePrimaryRegion({ KeyId: key.KeyId, PrimaryRegion: 'us-east-1' }),
  Verify: (kms, { key, proof }) => kms.verify({ KeyId: key.KeyId, SigningAlgorithm: 'ECDSA_SHA_256', Message: MESSAGE, Signature: proof }),
  VerifyMac: (kms, { key, proof }) => kms.verifyMac({ KeyId: key.KeyId, MacAlgorithm: 'HMAC_SHA_256', Message: MESSAGE, Mac: proof }),
};

/** With material, with another material waiting, under an alias; another key has an alias that could come over. */
async function prepare(kms: KMS): Promise<Prepared> {
  const key = await anImportedKey(kms);
  const blob = await encryptText(kms, key.KeyId, 'text');
  await importBytes(kms, key.KeyId, randomBytes(32), { ImportType: 'NEW_KEY_MATERIAL' });
  await kms.createAlias({ AliasName: 'alias/present', TargetKeyId: key.KeyId });
  await kms.createAlias({ AliasName: 'alias/elsewhere', TargetKeyId: (await aKey(kms)).KeyId });
  const { ImportToken: token, EncryptedKeyMaterial: material } = await wrapped(kms, key.KeyId, key.bytes);
  return { key, blob, token, material };
}

/** Operations for keys that are no symmetric encryption keys: the key that each needs. */
const OTHER_KINDS: Record<string, { KeySpec: KeySpec; KeyUsage: KeyUsageType }> = {
  Decapsulate: { KeySpec: 'ML_KEM_512', KeyUsage: 'ENCAPSULATE_DECAPSULATE' },
  DeriveSharedSecret: { KeySpec: 'ECC_NIST_P256', KeyUsage: 'KEY_AGREEMENT' },
  Encapsulate: { KeySpec: 'ML_KEM_512', KeyUsage: 'ENCAPSULATE_DECAPSULATE' },
  GenerateMac: { KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' },
  GetPublicKey: { KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' },
  Sign: { KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' },
  Verify: { KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' },
  VerifyMac: { KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' },
};

/** A key of KMS's own, or one that still waits for its material. */
async function prepareOtherKind(kms: KMS, kind: { KeySpec: KeySpec; KeyUsage: KeyUsageType }, state: State): Promise<Prepared> {
  const { KeyMetadata } = await kms.createKey({ ...kind, Origin: state === 'PendingImport' ? 'EXTERNAL' : 'AWS_KMS' });
  const key = await describeKey(kms, KeyMetadata!.KeyId!);
  if (state === 'PendingImport') return { key, proof: Buffer.alloc(32) };
  if (kind.KeyUsage === 'SIGN_VERIFY') return { key, proof: (await CALLS.Sign!(kms, { key }) as SignResponse).Signature };
  if (kind.KeyUsage === 'GENERATE_VERIFY_MAC') return { key, proof: (await CALLS.GenerateMac!(kms, { key }) as GenerateMacResponse).Mac };
  return { key };
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
  const outcomes = STATES.map((state, column): [State, string] => [state, EXPECTED[operation]!.split(' ')[column]!]);
  const otherKind = OTHER_KINDS[operation];
  test.each(outcomes.filter(([, outcome]) => outcome !== '-'))('of a key that is %s: %s', async (state, outcome) => {
    const { kms } = await aLocalKms();
    const prepared = otherKind === undefined ? await prepare(kms) : await prepareOtherKind(kms, otherKind, state);
    if (otherKind === undefined || state !== 'PendingImport') await BRING[state](kms, prepared.key.KeyId);
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
