const PREFIX = 'secret-version:';

/**
 * The description of imported key material in KMS: the version of the secret that it comes from.
 *
 * Key material is imported again from this version, even if the secret has a newer one.
 */
export function recordVersion(versionId: string): string {
  return `${PREFIX}${versionId}`;
}

/** The secret version of key material, or `undefined` if another tool imported it. */
export function recordedVersion(description: string | undefined): string | undefined {
  return description?.startsWith(PREFIX) ? description.slice(PREFIX.length) : undefined;
}

/** The staging label that prevents the deletion of a secret version: one for each key and key material. */
export function pinLabel(keyId: string, keyMaterialId: string): string {
  return `cdk-kms-lifecycle/${keyId}/${keyMaterialId}`;
}
