const PREFIX = 'secret-version:';

/**
 * The description of imported material in KMS: the version of the secret that it comes from.
 *
 * With it, material is imported again from the same version, even if the secret has changed since.
 */
export function recordVersion(versionId: string): string {
  return `${PREFIX}${versionId}`;
}

/** The version that the material comes from, or `undefined` if another tool imported it. */
export function recordedVersion(description: string | undefined): string | undefined {
  return description?.startsWith(PREFIX) ? description.slice(PREFIX.length) : undefined;
}

/** Our staging label that keeps a version from being deleted: one for each key and material. */
export function pinLabel(keyId: string, keyMaterialId: string): string {
  return `cdk-kms-lifecycle/${keyId}/${keyMaterialId}`;
}
