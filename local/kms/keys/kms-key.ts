import type { KeyMaterials } from '../material/key-material';

export type KeyOrigin = 'AWS_KMS' | 'EXTERNAL';

export interface Tag {
  readonly TagKey: string;
  readonly TagValue: string;
}

/** The last time a key was used with success, as GetKeyLastUsage tells it. */
export interface KeyUse {
  readonly operation: string;
  readonly at: number;
  readonly requestId: string;
  readonly eventId: string;
}

/** A KMS key: what is fixed for its life, and what calls may change. Its state is not stored: it follows from these. */
export interface KmsKey {
  readonly keyId: string;
  readonly arn: string;
  readonly account: string;
  readonly createdAt: number;
  readonly origin: KeyOrigin;
  readonly materials: KeyMaterials;
  description: string;
  policy: string;
  tags: readonly Tag[];
  disabled: boolean;
  /** Set while deletion is pending, in epoch milliseconds. */
  deletionAt?: number;
  onDemandRotations: number;
  lastUse?: KeyUse;
}
