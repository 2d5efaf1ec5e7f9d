import type { CreateKeyRequest, KMS } from '@aws-sdk/client-kms';
import { ACCOUNT, aLocalKms, describeKey, type Bench } from '../../local-kms-bench';

export const OTHER_REGION = 'us-east-1';
export const THIRD_REGION = 'ap-southeast-2';

/** Related keys, with the primary one in REGION, and a client for each Region. */
export interface MultiRegionBench extends Bench {
  readonly KeyId: string;
  /** In REGION. */
  readonly primary: KMS;
  /** In OTHER_REGION. */
  readonly other: KMS;
  /** In THIRD_REGION. */
  readonly third: KMS;
  readonly arnIn: (region: string) => string;
}

/** A multi-Region key with replicas in these Regions. */
export async function relatedKeys(replicaRegions: readonly string[] = [], changes: CreateKeyRequest = {}): Promise<MultiRegionBench> {
  const bench = await aLocalKms();
  const { kms, as } = bench;
  const KeyId = (await kms.createKey({ MultiRegion: true, ...changes })).KeyMetadata!.KeyId!;
  for (const ReplicaRegion of replicaRegions) await kms.replicateKey({ KeyId, ReplicaRegion });
  return {
    ...bench,
    KeyId,
    primary: kms,
    other: as(ACCOUNT, OTHER_REGION),
    third: as(ACCOUNT, THIRD_REGION),
    arnIn: (region) => `arn:aws:kms:${region}:${ACCOUNT}:key/${KeyId}`,
  };
}

export async function stateOf(kms: KMS, KeyId: string): Promise<string | undefined> {
  return (await describeKey(kms, KeyId)).KeyState;
}

/** The Regions of a key and its related keys according to its metadata, the primary one first. */
export async function regionsToldBy(kms: KMS, KeyId: string): Promise<(string | undefined)[]> {
  const { PrimaryKey, ReplicaKeys } = (await describeKey(kms, KeyId)).MultiRegionConfiguration!;
  return [PrimaryKey!.Region, ...ReplicaKeys!.map(({ Region }) => Region)];
}

