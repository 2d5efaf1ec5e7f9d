import { ErrorName } from '../../../src/contract/error-names';
import { Failure } from '../../../src/contract/failure';
import type { FamilyDescription } from '../../../src/contract/family/family-description';
import { generationAlias, GenerationTag } from '../../../src/contract/family/generation-tags';
import type { RotationRun } from '../../../src/contract/runs/rotation-run';
import type { ControlPorts } from '../../key-family/control-ports';
import { findGeneration, type Generation } from '../../key-family/family';
import { generationPolicy } from '../../key-family/policy/generation-policy';
import { policyRevision } from '../../key-family/policy/policy-revision';
import { isSamePolicy } from '../../key-family/policy/same-policy';
import { readFamily } from '../../key-family/read-family';
import type { KeyFamilyPort, Tags } from '../../ports';
import { refuseMissingMaterial } from '../decide/rotation-goal';
import { withTarget } from '../decide/targets';
import { oldGenerations, refuseOtherRevisions, refuseOtherRuns, type RotationState } from '../run-ownership';

/**
 * Makes an older generation fit to be the current one again: cancels its deletion, enables it, and lifts its fence.
 *
 * What was proven about it is withdrawn before anything new can be made under it. Whether it encrypts, the canary tells.
 */
export async function restoreGeneration({ family: description, machine, run }: RotationState, { kms, machines }: ControlPorts): Promise<RotationRun> {
  const family = await readFamily(description.alias, kms, 'by-alias');
  const target = findGeneration(family, run.toGeneration);
  if (target === undefined) throw gone(description, run);
  // Its own tags may be those of an ended run: a key that is pending deletion could not be taken over before.
  refuseOtherRuns(family, run.run, await machines.runningExecutions(machine));
  refuseOtherRevisions(description, oldGenerations(family, run));

  await enable(description, target, kms);
  await kms.tagKey(target.keyId, { [GenerationTag.RUN]: run.run, ...NOTHING_PROVEN });
  const policy = generationPolicy(description, 'next');
  if (!isSamePolicy(await kms.getKeyPolicy(target.keyId), policy)) await kms.putKeyPolicy(target.keyId, policy);
  // What the alias names already is more than next: somebody has asked twice.
  const phase = family.current.keyId === target.keyId ? 'current' : 'next';
  await kms.tagKey(target.keyId, { [GenerationTag.POLICY_REVISION]: policyRevision(description), [GenerationTag.PHASE]: phase });
  return withTarget(run, { generation: target.generation, keyArn: target.keyArn });
}

/** A generation in use is neither fenced nor empty, and on no way out. */
const NOTHING_PROVEN: Tags = {
  [GenerationTag.FENCED_SINCE]: '',
  [GenerationTag.EMPTIED_SINCE]: '',
  [GenerationTag.CERTIFIED_SINCE]: '',
  [GenerationTag.DISABLED_SINCE]: '',
  [GenerationTag.RECOUNTED_AT]: '',
};

/** Enabling is harmless while the fence stands, so it comes first: a run that is stopped here leaves a generation that can be read. */
async function enable({ alias }: FamilyDescription, target: Generation, kms: KeyFamilyPort): Promise<void> {
  if (target.keyState === 'PendingDeletion') await kms.cancelKeyDeletion(target.keyId);
  const state = (await kms.describeKey(target.keyId))?.state ?? target.keyState;
  refuseMissingMaterial(alias, { ...target, keyState: state });
  if (state !== 'Enabled') await kms.enableKey(target.keyId);
}

function gone({ alias }: FamilyDescription, { toGeneration }: RotationRun): Failure {
  return new Failure(ErrorName.KEY_NOT_READY, {
    where: generationAlias(alias, toGeneration),
    what: 'generation has gone since the roll-back was planned',
    given: 'no key',
    allowed: 'a key that exists',
    remedy: 'nothing has moved; roll back to another generation, or rotate',
  });
}
