import { timingSafeEqual } from 'node:crypto';
import { ErrorName } from '../../../src/contract/error-names';
import { Failure } from '../../../src/contract/failure';
import type { FamilyDescription, GenerationMaterial } from '../../../src/contract/family/family-description';
import type { Family } from '../../key-family/family';
import type { SecretPort } from '../../ports/key-material';

/** The AWSCURRENT version of the secret, and whether an existing generation has the same key material. */
interface CurrentVersion {
  readonly versionId: string;
  readonly alreadyInUse: boolean;
}

type SecretMaterial = Extract<GenerationMaterial, { readonly kind: 'secret' }>;

/** The secret version with the key material for a new generation. Undefined if KMS generates the key material. */
export async function findNewMaterial({ material }: FamilyDescription, family: Family, secret: SecretPort): Promise<string | undefined> {
  if (material.kind !== 'secret') return undefined;
  const version = await readCurrentVersion(material, family, secret);
  refuseUsedMaterial(family.alias, material.secretArn, version);
  return version.versionId;
}

/** Each generation needs new key material: with the same key material, a rotation would replace nothing. */
function refuseUsedMaterial(alias: string, secretArn: string, { versionId, alreadyInUse }: CurrentVersion): void {
  if (!alreadyInUse) return;
  throw new Failure(ErrorName.KEY_MATERIAL_DUE, {
    where: secretArn,
    what: `AWSCURRENT is the key material of an existing generation of ${alias}`,
    given: `version ${versionId}`,
    allowed: 'key material that no generation has used',
    remedy: 'put new key material (32 random bytes) into the secret as a new version; the next run uses it',
  });
}

async function readCurrentVersion(material: SecretMaterial, { current, generations }: Family, secret: SecretPort): Promise<CurrentVersion> {
  const versionId = await secret.currentVersionId(material.secretArn);
  const used = current.materialVersion;
  const alreadyInUse = generations.some(({ materialVersion }) => materialVersion === versionId)
    || (used !== undefined && await isSameMaterial(material, [used, versionId], secret));
  return { versionId, alreadyInUse };
}

/** A new secret version may hold old key material. The comparison is in memory, and its values are never logged. */
async function isSameMaterial(
  { secretArn, encoding }: SecretMaterial, [one, other]: [string, string], secret: SecretPort,
): Promise<boolean> {
  const first = await secret.readMaterial({ secretArn, encoding, versionId: one }).catch((error) => {
    // The version of the current generation is in another secret, which was declared before this one.
    if (Failure.named(error, ErrorName.INVALID_REQUEST)) return undefined;
    throw error;
  });
  if (first === undefined) return false;
  return first.useOnce(async (firstBytes) => {
    const second = await secret.readMaterial({ secretArn, encoding, versionId: other });
    return second.useOnce((secondBytes) => firstBytes.length === secondBytes.length && timingSafeEqual(firstBytes, secondBytes));
  });
}
