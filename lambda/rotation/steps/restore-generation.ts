import { ErrorName } from '../../../src/contract/error-names';
import { Failure } from '../../../src/contract/failure';
import type { FamilyDescription } from '../../../src/contract/family/family-description';
import { generationAlias, GenerationTag } from '../../../src/contract/family/generation-tags';
import type { RotationRun } from '../../../src/contract/runs/rotation-run';
import type { ControlPorts } from '../../key-family/control-ports';
import { findGeneration, type Generation } from '../../key-family/family';
import { policyRevision } from '../../key-family/policy/policy-revision';
import { writePolicy } from '../../key-family/policy/write-policy';
import { findObstacleToChange, notProven } from '../../key-family/proof/generation-proof';
import { readFamily } from '../../key-family/read-family';
import type { KeyFamilyPort } from '../../ports/key-family';
import type { Tags } from '../../ports/keys';
import { refuseMissingMaterial } from '../decide/rotation-goal';
import { withTarget } from '../decide/targets';
import { oldGenerations, refuseOtherRevisions, refuseOtherRuns, type RotationState } from '../run-ownership';

/**
 * Makes an older generation usable as the current one again: cancels its deletion, enables it, and removes its fence.
 *
 * The tags that record proofs about it are cleared before it can encrypt again. The canary of a later step verifies
 * that it encrypts.
 */
export async function restoreGeneration(
  { family: description, machine, run }: RotationState, ports: ControlPorts,
): Promise<RotationRun> {
  const { kms, machines } = ports;
  const family = await readFamily(description.alias, kms);
  const target = findGeneration(family, run.toGeneration);
  if (target === undefined) throw deletedSincePlan(description, run);
  // The run tag may still be that of an ended run: a key that is pending deletion cannot be tagged.
  refuseOtherRuns(family, run.run, await machines.runningExecutions(machine));
  refuseOtherRevisions(description, oldGenerations(family, run));

  const obstacle = await findObstacleToChange(description, target, kms);
  if (obstacle !== undefined) throw notProven(generationAlias(description.alias, target.generation), target.keyArn, obstacle);
  await enable(description, target, kms);
  await kms.tagKey(target.keyId, { [GenerationTag.RUN]: run.run, ...NO_PROOFS });
  await writePolicy(description, target, 'next', ports);
  // If the step is repeated late, the alias may already name the generation.
  const phase = family.current.keyId === target.keyId ? 'current' : 'next';
  await kms.tagKey(target.keyId, { [GenerationTag.POLICY_REVISION]: policyRevision(description), [GenerationTag.PHASE]: phase });
  return withTarget(run, { generation: target.generation, keyArn: target.keyArn });
}

/** The current generation is not fenced, not emptied, and not in retirement. */
const NO_PROOFS: Tags = {
  [GenerationTag.FENCED_SINCE]: '',
  [GenerationTag.EMPTIED_SINCE]: '',
  [GenerationTag.CERTIFIED_SINCE]: '',
  [GenerationTag.DISABLED_SINCE]: '',
  [GenerationTag.RECOUNTED_AT]: '',
  [GenerationTag.ROLLED_BACK]: '',
  [GenerationTag.CONSUMER_WATCH]: '',
};

/**
 * Enabling is safe while the generation is fenced, so it is first: a run that is stopped here leaves a generation that
 * can decrypt.
 */
async function enable({ alias }: FamilyDescription, target: Generation, kms: KeyFamilyPort): Promise<void> {
  if (target.keyState === 'PendingDeletion') await kms.cancelKeyDeletion(target.keyId);
  const state = (await kms.describeKey(target.keyId))?.state ?? target.keyState;
  refuseMissingMaterial(alias, { ...target, keyState: state });
  if (state !== 'Enabled') await kms.enableKey(target.keyId);
}

function deletedSincePlan({ alias }: FamilyDescription, { toGeneration }: RotationRun): Failure {
  return new Failure(ErrorName.KEY_NOT_READY, {
    where: generationAlias(alias, toGeneration),
    what: 'generation was deleted after the rollback was planned',
    given: 'no key',
    allowed: 'an existing key',
    remedy: 'the alias has not moved; roll back to another generation, or rotate',
  });
}
