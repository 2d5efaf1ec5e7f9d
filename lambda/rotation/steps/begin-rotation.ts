import { GenerationTag } from '../../../src/contract/family/generation-tags';
import type { ControlRequest } from '../../../src/contract/runs/function-steps';
import type { RotationRun } from '../../../src/contract/runs/rotation-run';
import type { ControlPorts } from '../../key-family/control-ports';
import { findGeneration, isLive, type Generation } from '../../key-family/family';
import { readFamily } from '../../key-family/read-family';
import type { KeyFamilyPort, Tags } from '../../ports';
import { findNewBytes } from '../decide/material-offer';
import { planRotation } from '../decide/plan-rotation';
import { decodeRotationInput } from '../decide/rotation-input';

/** The first step of a rotation: looks at the world, decides, and takes over what an ended run left behind. */
export async function beginRotation(
  { family: description, execution, machine, input }: Extract<ControlRequest, { readonly step: 'plan' }>,
  { kms, machines, secret, clock }: ControlPorts,
): Promise<RotationRun> {
  const wish = decodeRotationInput(description.alias, input);
  const family = await readFamily(description.alias, kms);
  const run = planRotation(family, description, wish, {
    run: execution, activeRuns: await machines.runningExecutions(machine), now: clock.now(),
  });
  if (run.kind === 'nothing-to-do') return run;

  const to = findGeneration(family, run.toGeneration);
  const wantsBytes = run.kind === 'rotate' && (to === undefined || to.keyState === 'PendingImport');
  const materialVersion = wantsBytes ? await findNewBytes(description, family, secret) : undefined;
  if (to !== undefined) await takeOver(to, run, kms);
  return materialVersion === undefined ? run : { ...run, materialVersion };
}

/** From here on the generation is in the hands of this run, and no other run touches the family. */
async function takeOver(to: Generation, { run, kind, movedAt }: RotationRun, kms: KeyFamilyPort): Promise<void> {
  // The step that revives it takes over a key that is pending deletion: it takes no tags.
  if (!isLive(to)) return;
  // A run that was stopped between moving the alias and noting it.
  const moved: Tags = kind === 'finish' && to.phase === 'next' ? { [GenerationTag.PHASE]: 'current', [GenerationTag.CURRENT_SINCE]: movedAt ?? '' } : {};
  if (to.run !== run || Object.keys(moved).length > 0) await kms.tagKey(to.keyId, { [GenerationTag.RUN]: run, ...moved });
}
