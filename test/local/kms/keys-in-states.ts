import { generateKeyPairSync, randomBytes } from 'node:crypto';
import type { CreateKeyRequest, KMS } from '@aws-sdk/client-kms';
import { ACCOUNT, describeKey, importBytes, type Bench, type Described } from './local-kms-bench';
import type { State } from './state-cells';

export const OTHER_REGION = 'eu-west-1';
const HOUR = 60 * 60 * 1000;

/** A kind of key that operations are for. */
export interface KindOfKey {
  readonly request: CreateKeyRequest;
  /** The bytes that are imported; absent where KMS makes the material. */
  readonly material?: () => Buffer;
}

const curvePoint = (): Buffer =>
  generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey.export({ type: 'pkcs8', format: 'der' });
const onCurve = (KeyUsage: 'SIGN_VERIFY' | 'KEY_AGREEMENT'): KindOfKey => (
  { request: { KeySpec: 'ECC_NIST_P256', KeyUsage, Origin: 'EXTERNAL' }, material: curvePoint });

export const IMPORTED: KindOfKey = { request: { Origin: 'EXTERNAL' }, material: () => randomBytes(32) };
export const GENERATED: KindOfKey = { request: {} };
export const SIGNING = onCurve('SIGN_VERIFY');
export const AGREEMENT = onCurve('KEY_AGREEMENT');
export const MAC: KindOfKey = {
  request: { KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC', Origin: 'EXTERNAL' },
  material: () => randomBytes(32),
};
export const ENCAPSULATION: KindOfKey = { request: { KeySpec: 'ML_KEM_512', KeyUsage: 'ENCAPSULATE_DECAPSULATE' } };

/** A key, and the material that was imported into it. */
export type WorkingKey = Described & { readonly bytes?: Buffer };

/** A working multi-Region key of the kind: every state can be reached by such a key. */
export async function aKeyOfKind(kms: KMS, { request, material }: KindOfKey): Promise<WorkingKey> {
  const { KeyMetadata } = await kms.createKey({ ...request, MultiRegion: true });
  const bytes = material?.();
  if (bytes !== undefined) await importBytes(kms, KeyMetadata!.KeyId!, Buffer.from(bytes));
  return { ...await describeKey(kms, KeyMetadata!.KeyId!), bytes };
}

/** The key in the state, and a client of the Region where it is so: a replica is being created elsewhere. */
export interface KeyInState {
  readonly kms: KMS;
  readonly arn: string;
}

/** Brings a working key into a state, by the calls that bring it there in AWS. */
export async function bring(bench: Bench, key: WorkingKey, state: State): Promise<KeyInState> {
  const { kms } = bench;
  const { KeyId, Arn } = key;
  switch (state) {
    case 'Enabled': break;
    case 'Disabled': await kms.disableKey({ KeyId }); break;
    case 'PendingDeletion': await kms.scheduleKeyDeletion({ KeyId }); break;
    case 'PendingReplicaDeletion':
      await replicate(bench, key);
      await kms.scheduleKeyDeletion({ KeyId });
      break;
    case 'PendingImport': await kms.deleteImportedKeyMaterial({ KeyId }); break;
    case 'Creating':
      bench.server.replication.setDuration(HOUR);
      await kms.replicateKey({ KeyId, ReplicaRegion: OTHER_REGION });
      return { kms: bench.as(ACCOUNT, OTHER_REGION), arn: Arn.replace('eu-central-1', OTHER_REGION) };
    case 'Updating':
      await replicate(bench, key);
      bench.server.replication.setDuration(HOUR);
      await kms.updatePrimaryRegion({ KeyId, PrimaryRegion: OTHER_REGION });
  }
  return { kms, arn: Arn };
}

/** A usable replica: if the key has imported material, it is imported into the replica, too. */
export async function replicate({ kms, as }: Bench, { KeyId, bytes }: WorkingKey): Promise<void> {
  await kms.replicateKey({ KeyId, ReplicaRegion: OTHER_REGION });
  if (bytes !== undefined) await importBytes(as(ACCOUNT, OTHER_REGION), KeyId, Buffer.from(bytes));
}
