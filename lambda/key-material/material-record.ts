const PREFIX = 'secret-version:';

/**
 * What we write beside imported material in KMS: which version of the secret gave the bytes.
 *
 * It is how material is brought back from the same version, however often the secret has changed since.
 */
export function recordVersion(versionId: string): string {
  return `${PREFIX}${versionId}`;
}

/** The version that gave the bytes, or `undefined` when somebody else imported them. */
export function recordedVersion(description: string | undefined): string | undefined {
  return description?.startsWith(PREFIX) ? description.slice(PREFIX.length) : undefined;
}

/** The staging label of ours that keeps a version from being forgotten: one for each key and material. */
export function pinLabel(keyId: string, keyMaterialId: string): string {
  return `cdk-kms-lifecycle/${keyId}/${keyMaterialId}`;
}
