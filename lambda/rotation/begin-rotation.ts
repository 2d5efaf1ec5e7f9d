import { timingSafeEqual } from 'node:crypto';
import type { FamilyDescription } from '../../src/contract/family-description';
import { GenerationTag } from '../../src/contract/generation-tags';
import type { RotationRequest, RotationRun } from '../../src/contract/rotation-run';
import type { Family } from '../key-family/family';
import { readFamily } from '../key-family/read-family';
import type { SecretPort } from '../ports';
import type { ControlPorts } from './control-ports';
import { planRotation, type MaterialOffer } from './plan-rotation';

/** The first step of a rotation: looks at the world, decides, and takes over what an ended run left behind. */
export async function beginRotation(
  description: FamilyDescription, request: RotationRequest, ports: ControlPorts,
): Promise<RotationRun | 'nothing-to-do'> {
  const family = await readFamily(description.alias, ports.kms);
  const plan = planRotation(family, description, request, {
    offer: await readOffer(description, family, ports.secret),
    activeRuns: await ports.runs.activeRuns(),
  });
  if (plan.kind === 'nothing-to-do') return plan.kind;
  if (plan.takeOver && plan.run.to !== undefined) await ports.kms.tagKey(plan.run.to.keyArn, { [GenerationTag.RUN]: request.run });
  return plan.run;
}

async function readOffer({ material }: FamilyDescription, { current }: Family, secret: SecretPort): Promise<MaterialOffer | undefined> {
  if (material.kind !== 'secret') return undefined;
  const versionId = await secret.currentVersionId(material.secretArn);
  const used = current.materialVersion;
  const alreadyInUse = used !== undefined && (used === versionId || await sameBytes(material, [used, versionId], secret));
  return { versionId, alreadyInUse };
}

/** A new version may hold old bytes. Compared here, and never shown. */
async function sameBytes(
  { secretArn, encoding }: { secretArn: string; encoding: 'binary' | 'base64' | 'hex' }, [one, other]: [string, string], secret: SecretPort,
): Promise<boolean> {
  const first = await secret.readMaterial({ secretArn, encoding, versionId: one });
  return first.useOnce(async (firstBytes) => {
    const second = await secret.readMaterial({ secretArn, encoding, versionId: other });
    return second.useOnce((secondBytes) => firstBytes.length === secondBytes.length && timingSafeEqual(firstBytes, secondBytes));
  });
}
