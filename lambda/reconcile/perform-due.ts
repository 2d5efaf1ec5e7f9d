import type { DueAction } from './decide-due';
import type { FamilyDescription } from '../../src/contract/family/family-description';
import { GenerationTag } from '../../src/contract/family/generation-tags';
import { PENDING_WINDOW_DAYS } from '../../src/contract/limits';
import type { FamilyMachines } from '../../src/contract/runs/function-steps';
import type { RetirementInput } from '../../src/contract/runs/retirement-run';
import type { RotationInput } from '../../src/contract/runs/rotation-run';
import type { ControlPorts } from '../key-family/control-ports';
import { findGeneration, type Family, type Generation } from '../key-family/family';
import { tagValue } from '../key-family/tag-value';
import { applyDescription } from '../key-family/update-generations';
import type { KeyFamilyPort } from '../ports';

/** What an action is performed in. */
export interface DueContext {
  readonly intent: FamilyDescription;
  readonly machines: FamilyMachines;
  /** As it was when the action was decided. */
  readonly family: Family;
  readonly now: Date;
}

/** Performs one action that is due, and says so. Done twice on the same day, it is done once. */
export async function performDue(action: DueAction, context: DueContext, ports: ControlPorts): Promise<void> {
  const { intent: { alias }, machines, now } = context;
  const { kms, log } = ports;
  const day = now.toISOString().slice(0, 10).replaceAll('-', '');
  switch (action.kind) {
    case 'bring-up-to-date':
      return bringUpToDate(action.generation, context, ports);
    case 'announce-key-material':
      return announceMaterial(action.withinDays, context, ports);
    case 'start-rotation': {
      const { toGeneration, reason } = action;
      const input: RotationInput = { toGeneration };
      const outcome = await ports.machines.start(machines.rotation, `rotate-to-g${toGeneration}-${day}`, input);
      return log.info('rotation-due', { alias, toGeneration, reason, outcome });
    }
    case 'start-retirement': {
      const { generation } = action;
      const input: RetirementInput = { generation };
      const outcome = await ports.machines.start(machines.retirement, `retire-g${generation}-${day}`, input);
      return log.info('retirement-due', { alias, generation, outcome });
    }
    case 'set-aside':
      return setAside(action.keyId, context, ports);
    case 'schedule-deletion':
      await kms.scheduleKeyDeletion(action.keyId, PENDING_WINDOW_DAYS.max);
      return log.warn('orphan-scheduled-for-deletion', { alias, keyId: action.keyId, pendingWindowDays: PENDING_WINDOW_DAYS.max });
  }
}

async function bringUpToDate(number: number, { intent, family }: DueContext, ports: ControlPorts): Promise<void> {
  const generation = findGeneration(family, number);
  if (generation === undefined || await hasMoved(generation, ports.kms)) return;
  await applyDescription(intent, generation, ports.kms);
  ports.log.warn('generation-brought-up-to-date', { alias: intent.alias, generation: number, phase: generation.phase });
}

/** A deployment or a run may have come between: then what was decided is not true any more, and the next tick decides anew. */
async function hasMoved({ keyId, phase, policyRevision }: Generation, kms: KeyFamilyPort): Promise<boolean> {
  const tags = await kms.listTags(keyId);
  return tagValue(tags, GenerationTag.PHASE) !== phase || tagValue(tags, GenerationTag.POLICY_REVISION) !== policyRevision;
}

async function announceMaterial(withinDays: number, { intent: { alias, material } }: DueContext, { log }: ControlPorts): Promise<void> {
  const secretArn = material.kind === 'secret' ? material.secretArn : undefined;
  log.warn('bytes-due', { alias, secretArn, withinDays, remedy: 'put 32 new random bytes into the secret as a new version' });
}

/** The mark comes last: a tick that is stopped in between does it again. A key without material cannot be disabled, nor used. */
async function setAside(keyId: string, { intent: { alias }, now }: DueContext, { kms, log }: ControlPorts): Promise<void> {
  const tags = await kms.listTags(keyId);
  if (tags[GenerationTag.STATE] !== 'unclaimed') return;
  const key = await kms.describeKey(keyId);
  if (key?.state === 'Enabled') await kms.disableKey(keyId);
  await kms.tagKey(keyId, { [GenerationTag.DISABLED_SINCE]: now.toISOString() });
  log.warn('unclaimed-key-set-aside', { alias, keyId, generation: tags[GenerationTag.GENERATION], run: tags[GenerationTag.RUN] });
}
