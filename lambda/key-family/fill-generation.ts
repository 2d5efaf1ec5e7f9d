import type { ControlPorts } from './control-ports';
import type { FamilyDescription } from '../../src/contract/family/family-description';
import { GenerationTag } from '../../src/contract/family/generation-tags';
import type { RotationRun } from '../../src/contract/runs/rotation-run';
import { importKeyMaterial } from '../key-material/import-key-material';
import { removeLabelsOfDeletedKeys } from '../key-material/remove-labels';

/** Imports the key material that a new generation lacks, and tags the key with the version of the secret it is from. */
export async function fillGeneration(
  { material }: FamilyDescription, run: RotationRun, keyArn: string, ports: ControlPorts,
): Promise<void> {
  if (material.kind === 'aws-kms') return;
  const { secretArn, encoding, wrappingAlgorithm, wrappingKeySpec } = material;
  // A run that was stopped may already have imported key material. It stays, even if the secret has changed since.
  const filled = (await ports.material.listKeyMaterials(keyArn)).some(({ use }) => use === 'CURRENT');
  if (!filled) await removeLabelsOfDeletedKeys(secretArn, keyArn, { ...ports, secrets: ports.secret });
  const imported = await importKeyMaterial(
    {
      keyArn,
      secret: { secretArn, encoding, ...(filled ? {} : { versionId: run.materialVersion }) },
      expiration: { kind: 'never' },
      wrappingAlgorithm,
      wrappingKeySpec,
    },
    { kms: ports.material, secrets: ports.secret, clock: ports.clock, log: ports.log },
  );
  if (imported.secretVersionId === undefined) return;
  await ports.kms.tagKey(keyArn, { [GenerationTag.MATERIAL_VERSION]: imported.secretVersionId });
}
