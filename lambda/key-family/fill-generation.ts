import type { ControlPorts } from './control-ports';
import { retryWhilePropagating } from './retry-while-propagating';
import type { FamilyDescription } from '../../src/contract/family/family-description';
import { GenerationTag } from '../../src/contract/family/generation-tags';
import type { ImportRequest } from '../../src/contract/requests/import-request';
import type { RotationRun } from '../../src/contract/runs/rotation-run';
import { importKeyMaterial } from '../key-material/import-key-material';
import { proveMaterial } from '../key-material/prove-material';
import { removeLabelsOfDeletedKeys } from '../key-material/remove-labels';

/** Imports the key material that a new generation lacks, and tags the key with the version of the secret it is from. */
export async function fillGeneration(
  { material }: FamilyDescription, run: RotationRun, keyArn: string, ports: ControlPorts,
): Promise<void> {
  if (material.kind === 'aws-kms') return;
  const { secretArn, encoding, wrappingAlgorithm, wrappingKeySpec } = material;
  const importPorts = { kms: ports.material, secrets: ports.secret, clock: ports.clock, log: ports.log };
  const request = (versionId?: string): ImportRequest => ({
    keyArn, secret: { secretArn, encoding, versionId }, expiration: { kind: 'never' }, wrappingAlgorithm, wrappingKeySpec,
  });
  const filled = (await ports.material.listKeyMaterials(keyArn)).find(({ use }) => use === 'CURRENT');
  if (filled === undefined) await removeLabelsOfDeletedKeys(secretArn, keyArn, { ...ports, secrets: ports.secret });
  // A run that was stopped may have imported it, or another principal: it stays, also if the secret has changed since,
  // but only if it is from the secret.
  else await retryWhilePropagating(keyArn, ports.clock, async () => proveMaterial(filled, request(), importPorts));
  const imported = await importKeyMaterial(request(filled === undefined ? run.materialVersion : undefined), importPorts);
  if (imported.secretVersionId === undefined) return;
  await ports.kms.tagKey(keyArn, { [GenerationTag.MATERIAL_VERSION]: imported.secretVersionId });
}
