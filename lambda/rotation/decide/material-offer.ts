import { timingSafeEqual } from 'node:crypto';
import { ErrorName } from '../../../src/contract/error-names';
import { Failure } from '../../../src/contract/failure';
import type { FamilyDescription, GenerationMaterial } from '../../../src/contract/family/family-description';
import type { Family } from '../../key-family/family';
import type { SecretPort } from '../../ports';

/** A version of the secret, and whether its bytes are those of a generation that exists. */
export interface MaterialOffer {
  readonly versionId: string;
  readonly alreadyInUse: boolean;
}

type SecretMaterial = Extract<GenerationMaterial, { readonly kind: 'secret' }>;

/** The version of the secret whose bytes a new generation gets; none when KMS makes the material. */
export async function findNewBytes({ material }: FamilyDescription, family: Family, secret: SecretPort): Promise<string | undefined> {
  if (material.kind !== 'secret') return undefined;
  const offer = await readOffer(material, family, secret);
  refuseOldBytes(family.alias, material.secretArn, offer);
  return offer.versionId;
}

/** New bytes for each generation: the same bytes again would retire nothing. */
export function refuseOldBytes(alias: string, secretArn: string, { versionId, alreadyInUse }: MaterialOffer): void {
  if (!alreadyInUse) return;
  throw new Failure(ErrorName.KEY_MATERIAL_DUE, {
    where: secretArn,
    what: `AWSCURRENT still offers the bytes of a generation of ${alias}`,
    given: `version ${versionId}`,
    allowed: 'bytes that no generation has had',
    remedy: 'put 32 new random bytes into the secret as a new version; the next run goes on by itself',
  });
}

async function readOffer(material: SecretMaterial, { current, generations }: Family, secret: SecretPort): Promise<MaterialOffer> {
  const versionId = await secret.currentVersionId(material.secretArn);
  const used = current.materialVersion;
  const alreadyInUse = generations.some(({ materialVersion }) => materialVersion === versionId)
    || (used !== undefined && await sameBytes(material, [used, versionId], secret));
  return { versionId, alreadyInUse };
}

/** A new version may hold old bytes. Compared here, and never shown. */
async function sameBytes({ secretArn, encoding }: SecretMaterial, [one, other]: [string, string], secret: SecretPort): Promise<boolean> {
  const first = await secret.readMaterial({ secretArn, encoding, versionId: one });
  return first.useOnce(async (firstBytes) => {
    const second = await secret.readMaterial({ secretArn, encoding, versionId: other });
    return second.useOnce((secondBytes) => firstBytes.length === secondBytes.length && timingSafeEqual(firstBytes, secondBytes));
  });
}
