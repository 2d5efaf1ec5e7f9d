import { generateKeyPairSync } from 'node:crypto';
import type { KMS } from '@aws-sdk/client-kms';
import { KEY_STATES, STATE_RULES } from '../../../../local/kms/model/keys/states';
import {
  AGREEMENT, aKeyOfKind, bring, ENCAPSULATION, GENERATED, IMPORTED, MAC, OTHER_REGION, replicate, SIGNING, type KindOfKey, type WorkingKey,
} from '../keys-in-states';
import { aKey, aLocalKms, encryptText, refusalOf, wrapped, type Bench } from '../local-kms-bench';
import { STATE_CELLS, STATES, type Cell, type State } from '../state-cells';

const REFUSALS: Record<Exclude<Cell, 'ok' | 'unreachable'>, (arn: string) => string> = {
  'disabled': (arn) => `DisabledException: ${arn} is disabled.`,
  'pending-deletion': (arn) => `KMSInvalidStateException: ${arn} is pending deletion.`,
  'pending-replica-deletion': (arn) => `KMSInvalidStateException: ${arn} is pending replica deletion.`,
  'pending-import': (arn) => `KMSInvalidStateException: ${arn} is pending import.`,
  'not-pending-deletion': (arn) => `KMSInvalidStateException: ${arn} is not pending deletion.`,
  'external': (arn) => `UnsupportedOperationException: ${arn} origin is EXTERNAL which is not valid for this operation.`,
  'creating': (arn) => `KMSInvalidStateException: ${arn} is creating.`,
  'updating': (arn) => `KMSInvalidStateException: ${arn} is updating.`,
};

/** A key, and what was created with it before its state changed. */
interface Subject {
  readonly key: WorkingKey;
  /** What the test of the operation needs: a blob, a signature, a grant. */
  readonly made?: Uint8Array | string;
  readonly token?: Uint8Array;
  readonly material?: Uint8Array;
}

/** How an operation is tested: the kind of key, the preparation, and the call. */
interface Way {
  readonly kind?: KindOfKey;
  readonly before?: (
    kms: KMS,
    KeyId: string,
    bench: Bench,
    key: WorkingKey,
    state: State,
  ) => Promise<Uint8Array | string | undefined | void>;
  readonly call: (kms: KMS, subject: Subject) => Promise<unknown>;
}

const text = Buffer.from('text');
const grantee = 'arn:aws:iam::444455556666:role/Grantee';
const grant = async (kms: KMS, KeyId: string) =>
  (await kms.createGrant({ KeyId, GranteePrincipal: grantee, Operations: ['DescribeKey'] })).GrantId!;
const blob = (kms: KMS, KeyId: string) => encryptText(kms, KeyId, 'text');
const stranger = (): Buffer => generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).publicKey.export({ type: 'spki', format: 'der' });
const encapsulated = async (kms: KMS, KeyId: string) =>
  (await kms.encapsulate({ KeyId, EncapsulationAlgorithm: 'ML_KEM' })).SharedSecretCiphertextBlob!;

const WAYS: Record<string, Way> = {
  CancelKeyDeletion: { call: (kms, { key }) => kms.cancelKeyDeletion({ KeyId: key.KeyId }) },
  CreateAlias: { call: (kms, { key }) => kms.createAlias({ AliasName: 'alias/new', TargetKeyId: key.KeyId }) },
  CreateGrant: { call: (kms, { key }) => grant(kms, key.KeyId) },
  Decapsulate: {
    kind: ENCAPSULATION,
    before: encapsulated,
    call: (kms, { key, made }) =>
      kms.decapsulate({ KeyId: key.KeyId, EncapsulationAlgorithm: 'ML_KEM', SharedSecretCiphertextBlob: made as Uint8Array }),
  },
  Decrypt: { before: blob, call: (kms, { made }) => kms.decrypt({ CiphertextBlob: made as Uint8Array }) },
  DeleteAlias: { call: (kms) => kms.deleteAlias({ AliasName: 'alias/present' }) },
  DeleteImportedKeyMaterial: { call: (kms, { key }) => kms.deleteImportedKeyMaterial({ KeyId: key.KeyId }) },
  DeriveSharedSecret: {
    kind: AGREEMENT,
    call: (kms, { key }) => kms.deriveSharedSecret({ KeyId: key.KeyId, KeyAgreementAlgorithm: 'ECDH', PublicKey: stranger() }),
  },
  DescribeKey: { call: (kms, { key }) => kms.describeKey({ KeyId: key.KeyId }) },
  DisableKey: { call: (kms, { key }) => kms.disableKey({ KeyId: key.KeyId }) },
  DisableKeyRotation: { kind: GENERATED, call: (kms, { key }) => kms.disableKeyRotation({ KeyId: key.KeyId }) },
  EnableKey: { call: (kms, { key }) => kms.enableKey({ KeyId: key.KeyId }) },
  EnableKeyRotation: { kind: GENERATED, call: (kms, { key }) => kms.enableKeyRotation({ KeyId: key.KeyId }) },
  Encapsulate: { kind: ENCAPSULATION, call: (kms, { key }) => encapsulated(kms, key.KeyId) },
  Encrypt: { call: (kms, { key }) => kms.encrypt({ KeyId: key.KeyId, Plaintext: text }) },
  GenerateDataKey: { call: (kms, { key }) => kms.generateDataKey({ KeyId: key.KeyId, KeySpec: 'AES_256' }) },
  GenerateDataKeyPair: { call: (kms, { key }) => kms.generateDataKeyPair({ KeyId: key.KeyId, KeyPairSpec: 'ECC_NIST_P256' }) },
  GenerateDataKeyPairWithoutPlaintext: {
    call: (kms, { key }) => kms.generateDataKeyPairWithoutPlaintext({ KeyId: key.KeyId, KeyPairSpec: 'ECC_NIST_P256' }),
  },
  GenerateDataKeyWithoutPlaintext: {
    call: (kms, { key }) => kms.generateDataKeyWithoutPlaintext({ KeyId: key.KeyId, KeySpec: 'AES_256' }),
  },
  GenerateMac: { kind: MAC, call: (kms, { key }) => kms.generateMac({ KeyId: key.KeyId, Message: text, MacAlgorithm: 'HMAC_SHA_256' }) },
  GetKeyLastUsage: { call: (kms, { key }) => kms.getKeyLastUsage({ KeyId: key.KeyId }) },
  GetKeyPolicy: { call: (kms, { key }) => kms.getKeyPolicy({ KeyId: key.KeyId }) },
  GetKeyRotationStatus: { call: (kms, { key }) => kms.getKeyRotationStatus({ KeyId: key.KeyId }) },
  GetParametersForImport: {
    call: (kms, { key }) =>
      kms.getParametersForImport({ KeyId: key.KeyId, WrappingAlgorithm: 'RSAES_OAEP_SHA_1', WrappingKeySpec: 'RSA_2048' }),
  },
  GetPublicKey: { kind: SIGNING, call: (kms, { key }) => kms.getPublicKey({ KeyId: key.KeyId }) },
  ImportKeyMaterial: {
    call: (kms, { key, token, material }) =>
      kms.importKeyMaterial({
        KeyId: key.KeyId,
        ImportToken: token,
        EncryptedKeyMaterial: material,
        ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE',
      }),
  },
  ListAliases: { call: (kms, { key }) => kms.listAliases({ KeyId: key.KeyId }) },
  ListGrants: { call: (kms, { key }) => kms.listGrants({ KeyId: key.KeyId }) },
  ListKeyPolicies: { call: (kms, { key }) => kms.listKeyPolicies({ KeyId: key.KeyId }) },
  ListKeyRotations: { call: (kms, { key }) => kms.listKeyRotations({ KeyId: key.KeyId }) },
  ListResourceTags: { call: (kms, { key }) => kms.listResourceTags({ KeyId: key.KeyId }) },
  PutKeyPolicy: {
    call: async (kms, { key }) => kms.putKeyPolicy({ KeyId: key.KeyId, Policy: (await kms.getKeyPolicy({ KeyId: key.KeyId })).Policy }),
  },
  ReEncrypt: {
    before: blob,
    call: (kms, { key, made }) => kms.reEncrypt({ CiphertextBlob: made as Uint8Array, DestinationKeyId: key.KeyId }),
  },
  ReplicateKey: { call: (kms, { key }) => kms.replicateKey({ KeyId: key.KeyId, ReplicaRegion: 'eu-north-1' }) },
  RetireGrant: { before: grant, call: (kms, { key, made }) => kms.retireGrant({ KeyId: key.Arn, GrantId: made as string }) },
  RevokeGrant: { before: grant, call: (kms, { key, made }) => kms.revokeGrant({ KeyId: key.KeyId, GrantId: made as string }) },
  RotateKeyOnDemand: { kind: GENERATED, call: (kms, { key }) => kms.rotateKeyOnDemand({ KeyId: key.KeyId }) },
  ScheduleKeyDeletion: { call: (kms, { key }) => kms.scheduleKeyDeletion({ KeyId: key.KeyId }) },
  Sign: { kind: SIGNING, call: (kms, { key }) => kms.sign({ KeyId: key.KeyId, Message: text, SigningAlgorithm: 'ECDSA_SHA_256' }) },
  TagResource: { call: (kms, { key }) => kms.tagResource({ KeyId: key.KeyId, Tags: [{ TagKey: 'team', TagValue: 'orders' }] }) },
  UntagResource: { call: (kms, { key }) => kms.untagResource({ KeyId: key.KeyId, TagKeys: ['team'] }) },
  UpdateAlias: { call: (kms, { key }) => kms.updateAlias({ AliasName: 'alias/elsewhere', TargetKeyId: key.KeyId }) },
  UpdateKeyDescription: { call: (kms, { key }) => kms.updateKeyDescription({ KeyId: key.KeyId, Description: 'new' }) },
  UpdatePrimaryRegion: {
    // In the other states there is already a replica, or none is allowed.
    before: async (_, __, bench, key, state) =>
      ['Enabled', 'Disabled', 'PendingImport'].includes(state) ? replicate(bench, key) : undefined,
    call: (kms, { key }) => kms.updatePrimaryRegion({ KeyId: key.KeyId, PrimaryRegion: OTHER_REGION }),
  },
  Verify: {
    kind: SIGNING,
    before: async (kms, KeyId) => (await kms.sign({ KeyId, Message: text, SigningAlgorithm: 'ECDSA_SHA_256' })).Signature,
    call: (kms, { key, made }) =>
      kms.verify({ KeyId: key.KeyId, Message: text, SigningAlgorithm: 'ECDSA_SHA_256', Signature: made as Uint8Array }),
  },
  VerifyMac: {
    kind: MAC,
    before: async (kms, KeyId) => (await kms.generateMac({ KeyId, Message: text, MacAlgorithm: 'HMAC_SHA_256' })).Mac,
    call: (kms, { key, made }) => kms.verifyMac({ KeyId: key.KeyId, Message: text, MacAlgorithm: 'HMAC_SHA_256', Mac: made as Uint8Array }),
  },
};

/**
 * Keys with key material of KMS are never PendingImport: for that state, their operations are tested with
 * an imported key.
 */
function kindFor({ kind = IMPORTED }: Way, state: State): KindOfKey {
  return kind === GENERATED && state === 'PendingImport' ? IMPORTED : kind;
}

async function prepare(bench: Bench, way: Way, state: State): Promise<Subject> {
  const { kms } = bench;
  const kind = kindFor(way, state);
  const key = await aKeyOfKind(kms, kind);
  if (state !== 'Creating') await giveAliases(kms, key.KeyId, kind);
  const made = await way.before?.(kms, key.KeyId, bench, key, state) ?? undefined;
  if (key.bytes === undefined) return { key, made };
  const { ImportToken: token, EncryptedKeyMaterial: material } = await wrapped(kms, key.KeyId, Buffer.from(key.bytes));
  return { key, made, token, material };
}

/** One alias of the key, and one of another key of its kind that can move to it. */
async function giveAliases(kms: KMS, KeyId: string, kind: KindOfKey): Promise<void> {
  await kms.createAlias({ AliasName: 'alias/present', TargetKeyId: KeyId });
  await kms.createAlias({ AliasName: 'alias/elsewhere', TargetKeyId: (await aKeyOfKind(kms, kind)).KeyId });
}

test('every operation that depends on the key state has a row in the table, and a call that tests it', () => {
  expect(Object.keys(STATE_RULES).sort()).toEqual(Object.keys(STATE_CELLS).sort());
  expect(Object.keys(WAYS).sort()).toEqual(Object.keys(STATE_CELLS).sort());
  expect([...KEY_STATES].sort()).toEqual([...STATES].sort());
});

const cells = Object.entries(STATE_CELLS).flatMap(([operation, row]) =>
  row.flatMap((cell, column) => cell === 'unreachable' ? [] : [{ operation, state: STATES[column]!, cell }]));

afterAll(() =>
  process.stdout.write(
    `states: ${cells.length} cells tried, of ${Object.keys(STATE_CELLS).length} operations and ${STATES.length} states\n`,
  ),
);

describe.each(Object.keys(STATE_CELLS))('%s', (operation) => {
  test.each(cells.filter((each) => each.operation === operation).map(({ state, cell }) => [state, cell] as const))(
    'of a key that is %s: %s',
    async (state, cell) => {
      const bench = await aLocalKms();
      const subject = await prepare(bench, WAYS[operation]!, state);
      const { kms, arn } = await bring(bench, subject.key, state);
      if (state === 'Creating') await giveAliases(kms, arn, kindFor(WAYS[operation]!, state));
      expect((await kms.describeKey({ KeyId: arn })).KeyMetadata).toMatchObject({ KeyState: state, Enabled: state === 'Enabled' });

      const call = WAYS[operation]!.call(kms, { ...subject, key: { ...subject.key, Arn: arn } });

      if (cell === 'ok') await expect(call).resolves.toBeDefined();
      else expect(await refusalOf(call)).toBe(REFUSALS[cell as keyof typeof REFUSALS](arn));
    },
  );
});

test.each<[State, keyof typeof REFUSALS]>([
  ['Disabled', 'disabled'], ['PendingDeletion', 'pending-deletion'], ['PendingReplicaDeletion', 'pending-replica-deletion'],
  ['PendingImport', 'pending-import'], ['Creating', 'creating'],
])('a blob cannot be re-encrypted to a key that is %s', async (state, cell) => {
  const bench = await aLocalKms();
  const { kms, arn } = await bring(bench, await aKeyOfKind(bench.kms, IMPORTED), state);
  const CiphertextBlob = await encryptText(kms, (await aKey(kms)).KeyId, 'text');

  expect(await refusalOf(kms.reEncrypt({ CiphertextBlob, DestinationKeyId: arn }))).toBe(REFUSALS[cell](arn));
});

test('an alias moves away from a key that is pending deletion', async () => {
  const { kms } = await aLocalKms();
  const [old, next] = [await aKey(kms), await aKey(kms)];
  await kms.createAlias({ AliasName: 'alias/orders', TargetKeyId: old.KeyId });
  await kms.scheduleKeyDeletion({ KeyId: old.KeyId });

  await kms.updateAlias({ AliasName: 'alias/orders', TargetKeyId: next.KeyId });

  expect((await kms.describeKey({ KeyId: 'alias/orders' })).KeyMetadata!.KeyId).toBe(next.KeyId);
});
