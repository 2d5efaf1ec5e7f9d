/** The state of a key, as DescribeKey returns it. Only an Enabled key can be used. */
export type KeyState =
  | 'Creating' | 'Enabled' | 'Disabled' | 'PendingImport' | 'PendingDeletion' | 'PendingReplicaDeletion' | 'Unavailable' | 'Updating';

/** A KMS key, as DescribeKey returns it. */
export interface KeyDescription {
  readonly keyId: string;
  readonly keyArn: string;
  readonly state: KeyState;
  readonly origin: 'AWS_KMS' | 'EXTERNAL' | 'AWS_CLOUDHSM' | 'EXTERNAL_KEY_STORE';
  readonly keySpec: string;
  readonly keyUsage: string;
  /** `AWS` for a key that an AWS service manages. */
  readonly keyManager: 'CUSTOMER' | 'AWS';
  readonly multiRegion: boolean;
  readonly createdAt: Date;
  /** When its imported key material expires. KMS then deletes the key material, and the key cannot decrypt. */
  readonly validTo?: Date;
  /** While deletion is pending: when KMS deletes the key. */
  readonly deletionDate?: Date;
}

/** Tags or an encryption context: names and values. */
export type Tags = { readonly [name: string]: string };
