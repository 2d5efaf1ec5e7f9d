import { randomBytes } from 'node:crypto';
import type { KMS } from '@aws-sdk/client-kms';
import { encryptText, importBytes, MINUTE, refusalOf, wrapped } from './local-kms-bench';
import { OTHER_REGION, relatedKeys, stateOf, THIRD_REGION, type MultiRegionBench } from './multi-region-bench';

/** The key in a state, as one Region sees it. */
interface Subject {
  readonly kms: KMS;
  readonly arn: string;
}

/** Each brings a key with a replica in OTHER_REGION into a state that only multi-Region keys have. */
const BRING: Record<string, (bench: MultiRegionBench) => Promise<Subject>> = {
  Creating: async ({ server, primary, third, KeyId, arnIn }) => {
    server.replication.takes(MINUTE);
    await primary.replicateKey({ KeyId, ReplicaRegion: THIRD_REGION });
    return { kms: third, arn: arnIn(THIRD_REGION) };
  },
  Updating: async ({ server, primary, KeyId, arnIn }) => {
    server.replication.takes(MINUTE);
    await primary.updatePrimaryRegion({ KeyId, PrimaryRegion: OTHER_REGION });
    return { kms: primary, arn: arnIn('eu-central-1') };
  },
  PendingReplicaDeletion: async ({ primary, KeyId, arnIn }) => {
    await primary.scheduleKeyDeletion({ KeyId });
    return { kms: primary, arn: arnIn('eu-central-1') };
  },
};
const STATES = Object.keys(BRING);

const REFUSALS: Record<string, (arn: string) => string> = {
  'creating': (arn) => `KMSInvalidStateException: ${arn} is creating.`,
  'updating': (arn) => `KMSInvalidStateException: ${arn} is updating.`,
  'pending-replica-deletion': (arn) => `KMSInvalidStateException: ${arn} is pending replica deletion.`,
  'not-pending-deletion': (arn) => `KMSInvalidStateException: ${arn} is not pending deletion.`,
  'replica': (arn) => `UnsupportedOperationException: ${arn} is not a multi-region primary key.`,
};

async function expectOutcome(call: Promise<unknown>, outcome: string, arn: string): Promise<void> {
  if (outcome === 'ok') await expect(call).resolves.toBeDefined();
  else expect(await refusalOf(call)).toBe(REFUSALS[outcome]!(arn));
}

/** AWS's table, by hand: what comes of a call for a key that is Creating, Updating, PendingReplicaDeletion. A key in creation is a replica. */
const CALLS: [string, string, (kms: KMS, KeyId: string, blob: Uint8Array) => Promise<unknown>][] = [
  ['CancelKeyDeletion', 'not-pending-deletion not-pending-deletion ok', (kms, KeyId) => kms.cancelKeyDeletion({ KeyId })],
  ['CreateAlias', 'ok ok pending-replica-deletion', (kms, KeyId) => kms.createAlias({ AliasName: 'alias/new', TargetKeyId: KeyId })],
  ['Decrypt', 'creating ok pending-replica-deletion', (kms, _, blob) => kms.decrypt({ CiphertextBlob: blob })],
  ['DescribeKey', 'ok ok ok', (kms, KeyId) => kms.describeKey({ KeyId })],
  ['DisableKey', 'creating updating pending-replica-deletion', (kms, KeyId) => kms.disableKey({ KeyId })],
  ['DisableKeyRotation', 'replica ok pending-replica-deletion', (kms, KeyId) => kms.disableKeyRotation({ KeyId })],
  ['EnableKey', 'creating updating pending-replica-deletion', (kms, KeyId) => kms.enableKey({ KeyId })],
  ['EnableKeyRotation', 'replica ok pending-replica-deletion', (kms, KeyId) => kms.enableKeyRotation({ KeyId })],
  ['Encrypt', 'creating ok pending-replica-deletion', (kms, KeyId) => kms.encrypt({ KeyId, Plaintext: Buffer.from('text') })],
  ['GenerateDataKey', 'creating ok pending-replica-deletion', (kms, KeyId) => kms.generateDataKey({ KeyId, KeySpec: 'AES_256' })],
  ['GetKeyPolicy', 'ok ok ok', (kms, KeyId) => kms.getKeyPolicy({ KeyId })],
  ['GetKeyRotationStatus', 'ok ok ok', (kms, KeyId) => kms.getKeyRotationStatus({ KeyId })],
  ['ListKeyRotations', 'ok ok ok', (kms, KeyId) => kms.listKeyRotations({ KeyId })],
  ['ReEncrypt', 'creating ok pending-replica-deletion', (kms, KeyId, blob) => kms.reEncrypt({ CiphertextBlob: blob, DestinationKeyId: KeyId })],
  ['ReplicateKey', 'replica updating pending-replica-deletion', (kms, KeyId) => kms.replicateKey({ KeyId, ReplicaRegion: 'eu-west-1' })],
  ['RotateKeyOnDemand', 'replica ok pending-replica-deletion', (kms, KeyId) => kms.rotateKeyOnDemand({ KeyId })],
  ['ScheduleKeyDeletion', 'ok updating pending-replica-deletion', (kms, KeyId) => kms.scheduleKeyDeletion({ KeyId })],
  ['TagResource', 'ok ok pending-replica-deletion', (kms, KeyId) => kms.tagResource({ KeyId, Tags: [{ TagKey: 'team', TagValue: 'orders' }] })],
  ['UpdateKeyDescription', 'ok ok pending-replica-deletion', (kms, KeyId) => kms.updateKeyDescription({ KeyId, Description: 'new' })],
  ['UpdatePrimaryRegion', 'replica ok pending-replica-deletion', (kms, KeyId) => kms.updatePrimaryRegion({ KeyId, PrimaryRegion: OTHER_REGION })],
];

describe.each(CALLS)('%s', (_, outcomes, call) => {
  test.each(STATES.map((state, column): [string, string] => [state, outcomes.split(' ')[column]!]))('of a key that is %s: %s', async (state, outcome) => {
    const bench = await relatedKeys([OTHER_REGION]);
    const blob = await encryptText(bench.primary, bench.KeyId, 'text');
    const { kms, arn } = await BRING[state]!(bench);
    expect(await stateOf(kms, bench.KeyId)).toBe(state);
    await expectOutcome(call(kms, bench.KeyId, blob), outcome, arn);
  });
});

describe('calls about imported material', () => {
  test.each<[string, string, string, string]>([
    ['Creating', 'creating', 'creating', 'creating'],
    ['Updating', 'updating', 'ok', 'updating'],
    ['PendingReplicaDeletion', 'pending-replica-deletion', 'pending-replica-deletion', 'ok'],
  ])('of a key that is %s: GetParametersForImport %s, ImportKeyMaterial %s, DeleteImportedKeyMaterial %s', async (state, parameters, importing, deleting) => {
    const bench = await relatedKeys([], { Origin: 'EXTERNAL' });
    const { primary, other, KeyId } = bench;
    const bytes = randomBytes(32);
    await importBytes(primary, KeyId, bytes);
    await primary.replicateKey({ KeyId, ReplicaRegion: OTHER_REGION });
    await importBytes(other, KeyId, bytes);
    const again = { ...await wrapped(primary, KeyId, bytes), ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE' as const };
    const { kms, arn } = await BRING[state]!(bench);

    await expectOutcome(kms.getParametersForImport({ KeyId, WrappingAlgorithm: 'RSAES_OAEP_SHA_256', WrappingKeySpec: 'RSA_2048' }), parameters, arn);
    await expectOutcome(kms.importKeyMaterial({ KeyId, ...again }), importing, arn);
    await expectOutcome(kms.deleteImportedKeyMaterial({ KeyId }), deleting, arn);
    expect(await stateOf(kms, KeyId)).toBe(state);
  });
});
