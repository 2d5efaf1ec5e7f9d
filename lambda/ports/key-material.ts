import type { KeyDescription } from './keys';
import type { SecretLocation } from '../../src/contract/requests/import-request';
import type { Sensitive } from '../sensitive';

/** One key material of a key, as ListKeyRotations returns it. */
export interface KeyMaterial {
  readonly keyMaterialId: string;
  readonly use: 'CURRENT' | 'NON_CURRENT' | 'PENDING_ROTATION' | 'PENDING_MULTI_REGION_IMPORT_AND_ROTATION';
  readonly imported: boolean;
  /** The description from the import: it names the secret version that the material comes from. */
  readonly description?: string;
  /** Absent when it never expires. */
  readonly validTo?: Date;
}

/** The public key and token that GetParametersForImport returns. */
export interface WrappingParameters {
  /** DER, SubjectPublicKeyInfo. */
  readonly publicKey: Uint8Array;
  readonly importToken: Uint8Array;
}

/** Wrapped key material and all that ImportKeyMaterial needs. */
export interface WrappedMaterial {
  readonly keyArn: string;
  readonly importToken: Uint8Array;
  readonly encryptedKeyMaterial: Uint8Array;
  /** NEW imports the first or next material of the key, EXISTING imports known material again. */
  readonly importType: 'NEW_KEY_MATERIAL' | 'EXISTING_KEY_MATERIAL';
  /** For EXISTING only: the id of the material to import again. KMS rejects any other material. */
  readonly keyMaterialId?: string;
  /** Absent: never expires. */
  readonly validTo?: Date;
  readonly description: string;
}

/** Imports key material. It can neither use nor delete a key. */
export interface KeyMaterialPort {
  /** Describes a key by its ARN. */
  describeKey(keyArn: string): Promise<KeyDescription>;
  /** Lists all key materials of the key, also those that are not imported now. */
  listKeyMaterials(keyArn: string): Promise<KeyMaterial[]>;
  /** Requests a wrapping key and an import token for one import. */
  getParametersForImport(keyArn: string, wrappingAlgorithm: string, wrappingKeySpec: string): Promise<WrappingParameters>;
  /** Returns the id of the material, or `wrong-material` if KMS rejects it as not NEW, or as not the EXISTING one. */
  importKeyMaterial(material: WrappedMaterial): Promise<{ keyMaterialId?: string } | 'wrong-material'>;
  /** Makes the pending key material current. */
  rotateKeyOnDemand(keyArn: string): Promise<void>;
}

/** A staging label, and the version of the secret that has it. */
export interface SecretLabel {
  readonly label: string;
  readonly versionId: string;
}

/** Reads secrets that contain key material. */
export interface SecretPort {
  /** Returns the complete ARN of a secret, with the six random characters at its end. */
  completeArn(secretArn: string): Promise<string>;
  /** Returns the id of the version with the staging label AWSCURRENT. */
  currentVersionId(secretArn: string): Promise<string>;
  /** Returns the decoded key material of one version. */
  readMaterial(location: SecretLocation & { versionId: string }): Promise<Sensitive>;
  /** Returns the staging labels of all versions. Secrets Manager allows 20 in a secret. */
  listLabels(secretArn: string): Promise<readonly SecretLabel[]>;
  /**
   * Labels a version, because Secrets Manager may delete versions without a label.
   *
   * @param labels the version needs one of them. If it has none, it gets the first.
   */
  pinVersion(secretArn: string, versionId: string, labels: readonly [string, ...string[]]): Promise<void>;
  /** Removes a label from a version. If the version does not have it, nothing changes. */
  removeLabel(secretArn: string, versionId: string, label: string): Promise<void>;
}
