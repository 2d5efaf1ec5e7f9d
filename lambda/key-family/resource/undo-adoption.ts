import { digestProperties, readFormerState, restoreFormerPolicy, restoreFormerState, restoreFormerTags } from './former-state';
import { ErrorName } from '../../../src/contract/error-names';
import type { FormerState } from '../../../src/contract/evidence/former-state';
import { Failure } from '../../../src/contract/failure';
import { generationAlias, GenerationTag } from '../../../src/contract/family/generation-tags';
import type { RotatingKeyRequest } from '../../../src/contract/family/rotating-key-resource';
import type { ResourceProperties } from '../../runtime/custom-resource';
import type { ControlPorts } from '../control-ports';
import { isLive, type FamilyRegister, type Generation } from '../family';
import { tagValue } from '../tag-value';

/** Whether an adoption of the last 24 hours was undone. A family that has changed since then is not. */
export async function undoAdoption(
  { family, startFromKeyArn, adoptFrom }: RotatingKeyRequest, { generations, current }: FamilyRegister, ports: ControlPorts,
): Promise<boolean> {
  if (startFromKeyArn === undefined && adoptFrom === undefined) return false;
  const own = generations.filter((generation) => isLive(generation) && generation.owner === family.owner);
  const states = await Promise.all(own.map(async (generation) => (
    { generation, former: await readFormerState(family, generation.keyId, ports) })));
  if (states.length === 0 || states.some(({ generation, former }) => former === undefined || wouldFence(current, generation, former))) {
    return false;
  }
  for (const { generation, former } of states) {
    if (former === undefined) continue;
    if (isExistingKey(generation, startFromKeyArn)) await ports.kms.deleteAlias(generationAlias(family.alias, generation.generation));
    await restoreFormerState(generation.keyId, former, ports);
  }
  return true;
}

/**
 * Whether an Update is the rollback of one that adopted the family in the last 24 hours. Then the adoption is undone.
 *
 * A rollback is an Update, and AWS CloudFormation does not name it. It has exactly the properties of which the adoption
 * stored the digest. It is safe to repeat, and succeeds if the adoption has changed no owner.
 */
export async function undoAdoptingUpdate(
  { family, adoptFrom }: RotatingKeyRequest, properties: ResourceProperties, register: FamilyRegister, ports: ControlPorts,
): Promise<boolean> {
  if (adoptFrom === undefined) return false;
  const digest = digestProperties(properties);
  const readFormer = async (keyId: string) => {
    const former = await readFormerState(family, keyId, ports);
    return former?.propertiesBefore === digest ? former : undefined;
  };
  const own = register.generations.filter((generation) => isLive(generation) && generation.owner === family.owner);
  if (own.length === 0) {
    // Under the policies of the former owner, this role may read no generation.
    const { generations, unreadable = [], hidden } = register;
    const keyIds = [...generations, ...unreadable, ...(hidden === undefined ? [] : [hidden])].map(({ keyId }) => keyId);
    return (await Promise.all(keyIds.map(readFormer))).some((former) => former !== undefined);
  }
  const states = await Promise.all(own.map(async ({ keyId }) => ({ keyId, former: await readFormer(keyId) })));
  const { current } = register;
  if (states.some(({ keyId, former }) => former === undefined || wouldFence(current, { keyId }, former))) return false;
  for (const { keyId, former } of states) if (former !== undefined) await returnToOwner(keyId, former, ports);
  return true;
}

/**
 * AWS CloudFormation may revert the permissions of this role first. KMS then refuses a policy that this role could not
 * change again. With its tags, the former owner owns the generation, and its next reconcile run writes the policy.
 */
async function returnToOwner(keyId: string, former: FormerState, ports: ControlPorts): Promise<void> {
  await restoreFormerTags(keyId, former, ports);
  try {
    await restoreFormerPolicy(keyId, former, ports);
  } catch (error) {
    if (!Failure.named(error, ErrorName.INVALID_REQUEST) && !Failure.named(error, ErrorName.ACCESS_DENIED)) throw error;
    ports.log.error('former-policy-not-restored', { keyArn: former.keyArn, reason: error.message });
  }
}

/** Whether the former policy fences the generation that is current now, because an operator has rolled back. */
function wouldFence(current: Generation | undefined, { keyId }: Pick<Generation, 'keyId'>, { tags }: FormerState): boolean {
  const phase = tagValue(tags, GenerationTag.PHASE);
  return keyId === current?.keyId && (phase === 'fenced' || phase === 'retiring');
}

function isExistingKey({ generation, keyArn }: Generation, startFromKeyArn: string | undefined): boolean {
  return generation === 0 && keyArn === startFromKeyArn;
}
