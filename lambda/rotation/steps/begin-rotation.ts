import { generationAlias, GenerationTag } from '../../../src/contract/family/generation-tags';
import type { ControlRequest } from '../../../src/contract/runs/function-steps';
import type { RotationInput, RotationRun } from '../../../src/contract/runs/rotation-run';
import { runId } from '../../../src/contract/runs/run-id';
import type { ControlPorts } from '../../key-family/control-ports';
import { findGeneration, isLive, type Generation } from '../../key-family/family';
import { recordCreatedKey } from '../../key-family/proof/created-keys';
import { notProven } from '../../key-family/proof/generation-proof';
import { readWholeFamily } from '../../key-family/read-family';
import type { EvidencePort } from '../../ports/evidence';
import type { KeyFamilyPort } from '../../ports/key-family';
import type { Tags } from '../../ports/keys';
import { findNewMaterial } from '../decide/new-material';
import { planRotation } from '../decide/plan-rotation';
import { decodeRotationInput } from '../decide/rotation-input';
import { findUnrecordedReturn } from '../unrecorded-return';

/**
 * First step of a rotation: reads the family, plans the run, and takes over the generation that an ended
 * run left unfinished.
 */
export async function beginRotation(
  { family: description, execution, startedAt, machine, input }: Extract<ControlRequest, { readonly step: 'plan' }>,
  ports: ControlPorts,
): Promise<RotationRun> {
  const { kms, machines, secret, evidence, clock } = ports;
  const decoded = decodeRotationInput(description.alias, input);
  const family = await readWholeFamily(description.alias, ports);
  const run = planRotation(family, description, decoded, {
    run: runId(execution, startedAt), activeRuns: await machines.runningExecutions(machine), now: clock.now(),
  });
  if (run.kind === 'nothing-to-do') return run;

  const to = findGeneration(family, run.toGeneration);
  if (to !== undefined && to.keyId !== family.current.keyId) await proveReturn(description.alias, to, decoded, evidence);
  const needsMaterial = run.kind === 'rotate' && (to === undefined || to.keyState === 'PendingImport');
  const materialVersion = needsMaterial ? await findNewMaterial(description, family, secret) : undefined;
  if (to !== undefined) await takeOver(to, run, kms);
  return materialVersion === undefined ? run : { ...run, materialVersion };
}

/**
 * An operator who names a generation vouches for it, which is recorded. Otherwise only a recorded generation can become
 * current again: with tags of their own, principals could make a run continue with a key of theirs.
 */
async function proveReturn(
  alias: string, to: Generation, { rollBackTo }: RotationInput, evidence: Pick<EvidencePort, 'read' | 'writeOnce'>,
): Promise<void> {
  if (rollBackTo !== undefined) return recordCreatedKey(alias, to, evidence);
  const obstacle = await findUnrecordedReturn(alias, to, evidence);
  if (obstacle !== undefined) throw notProven(generationAlias(alias, to.generation), to.keyArn, obstacle);
}

/** Tags the target generation with this run. From then on no other run changes the family. */
async function takeOver(to: Generation, { run, kind, movedAt }: RotationRun, kms: KeyFamilyPort): Promise<void> {
  // A key that is pending deletion cannot be tagged: the step that restores it sets the tag.
  if (!isLive(to)) return;
  // An earlier run was stopped after it moved the alias, and before it updated the tags.
  const moved: Tags = kind === 'finish' && to.phase === 'next'
    ? { [GenerationTag.PHASE]: 'current', [GenerationTag.CURRENT_SINCE]: movedAt ?? '' }
    : {};
  if (to.run !== run || Object.keys(moved).length > 0) await kms.tagKey(to.keyId, { [GenerationTag.RUN]: run, ...moved });
}
