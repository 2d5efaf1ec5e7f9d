import type { DueAction } from './decide-due';
import { ErrorName } from '../../src/contract/error-names';
import { Failure } from '../../src/contract/failure';
import type { FamilyDescription } from '../../src/contract/family/family-description';
import { generationAlias, GenerationTag } from '../../src/contract/family/generation-tags';
import { PENDING_WINDOW_DAYS } from '../../src/contract/limits';
import type { FamilyMachines } from '../../src/contract/runs/function-steps';
import type { RetirementInput } from '../../src/contract/runs/retirement-run';
import type { RotationInput } from '../../src/contract/runs/rotation-run';
import type { ControlPorts } from '../key-family/control-ports';
import { findGeneration, isLive, type Family, type Generation } from '../key-family/family';
import { tagValue } from '../key-family/tag-value';
import { applyDescription, findDrifted, recordDescription } from '../key-family/update-generations';
import type { KeyFamilyPort } from '../ports/key-family';

/** Context of an action. */
export interface DueContext {
  readonly intent: FamilyDescription;
  readonly machines: FamilyMachines;
  /** As read before the action was decided. */
  readonly family: Family;
  readonly now: Date;
}

/** Performs one due action and logs it. It is idempotent: on the same day, repeating it has no further effect. */
export async function performDue(action: DueAction, context: DueContext, ports: ControlPorts): Promise<void> {
  const { intent: { alias }, machines, now } = context;
  const { kms, log } = ports;
  const day = now.toISOString().slice(0, 10).replaceAll('-', '');
  switch (action.kind) {
    case 'correct-drift':
      return correctDrift(action.generation, context, ports);
    case 'report-unproven':
      throw unproven(action, context);
    case 'announce-key-material':
      return announceMaterial(action.withinDays, context, ports);
    case 'start-rotation': {
      const { toGeneration, reason } = action;
      const input: RotationInput = { toGeneration };
      const outcome = await ports.machines.start(machines.rotation, `rotate-to-g${toGeneration}-${day}`, input);
      return log.info('rotation-due', { alias, toGeneration, reason, outcome });
    }
    case 'hold-rotation':
      return log.warn('rotation-held', {
        alias,
        toGeneration: action.toGeneration,
        reason: 'consumers failed after the alias had moved to it; repair them, then start the rotation state machine with {}',
      });
    case 'start-retirement': {
      const { generation, onlyReversals } = action;
      const input: RetirementInput = { generation, onlyReversals };
      const outcome = await ports.machines.start(machines.retirement, `retire-g${generation}-${day}`, input);
      return log.info('retirement-due', { alias, generation, outcome });
    }
    case 'disable-unclaimed-key':
      return unlessDenied(action.keyId, context, ports, async () => disableUnclaimedKey(action.keyId, context, ports));
    case 'schedule-orphan-deletion':
      return unlessDenied(action.keyId, context, ports, async () => {
        await kms.scheduleKeyDeletion(action.keyId, PENDING_WINDOW_DAYS.max);
        log.warn('orphan-deletion-scheduled', { alias, keyId: action.keyId, pendingWindowDays: PENDING_WINDOW_DAYS.max });
      });
  }
}

/** Every principal can tag a key of its own as unclaimed, and deny its deletion. This must not stop reconcile runs. */
async function unlessDenied(
  keyId: string, { intent: { alias } }: DueContext, { log }: ControlPorts, perform: () => Promise<void>,
): Promise<void> {
  try {
    await perform();
  } catch (error) {
    if (!Failure.named(error, ErrorName.ACCESS_DENIED)) throw error;
    log.error('unclaimed-key-denied', { alias, keyId, reason: error.message });
  }
}

/** Fails the reconcile run, so that it is seen, and changes nothing: tags and the alias of a number are no proof. */
function unproven(
  { generation, obstacle }: Extract<DueAction, { kind: 'report-unproven' }>, { intent: { alias }, family }: DueContext,
): Failure {
  return new Failure(ErrorName.FAMILY_CONTRADICTION, {
    where: generationAlias(alias, generation),
    what: `${obstacle.what} (${findGeneration(family, generation)?.keyArn ?? 'no key'})`,
    given: obstacle.given,
    allowed: obstacle.allowed,
    remedy: 'find the principal that created the alias or replaced the policy (CloudTrail: CreateAlias, PutKeyPolicy); delete the alias if '
      + 'the key is not a generation; otherwise restore its policy from that of another generation with PutKeyPolicy',
  });
}

async function correctDrift(number: number, { intent, family }: DueContext, ports: ControlPorts): Promise<void> {
  const generation = findGeneration(family, number);
  if (generation === undefined || (isLive(generation) && await hasChanged(generation, ports.kms))) return;
  const fields = { alias: intent.alias, generation: number, phase: generation.phase };
  // What a rotation has created since the last deployment is as declared, and only does not record it yet.
  if ((await findDrifted(intent, [generation], ports.kms)).length === 0) {
    await recordDescription(intent, [generation], ports);
    return ports.log.info('description-recorded', fields);
  }
  await applyDescription(intent, generation, ports);
  await recordDescription(intent, [generation], ports);
  ports.log.warn('drift-corrected', fields);
}

/** If a deployment or a run has changed the generation since the decision, the next reconcile run decides again. */
async function hasChanged({ keyId, phase, policyRevision, tags: before }: Generation, kms: KeyFamilyPort): Promise<boolean> {
  const tags = await kms.listTags(keyId);
  return tagValue(tags, GenerationTag.PHASE) !== phase || tagValue(tags, GenerationTag.POLICY_REVISION) !== policyRevision
    || tags[GenerationTag.DESCRIPTION] !== before[GenerationTag.DESCRIPTION];
}

async function announceMaterial(withinDays: number, { intent: { alias, material } }: DueContext, { log }: ControlPorts): Promise<void> {
  const secretArn = material.kind === 'secret' ? material.secretArn : undefined;
  log.warn('key-material-due', {
    alias, secretArn, withinDays, remedy: 'put new key material (32 random bytes) into the secret as a new version',
  });
}

/**
 * The tag is written last, so that a stopped reconcile run is repeated. A key without key material is only tagged: it
 * cannot be disabled, and it cannot be used.
 */
async function disableUnclaimedKey(keyId: string, { intent: { alias }, now }: DueContext, { kms, log }: ControlPorts): Promise<void> {
  const tags = await kms.listTags(keyId);
  if (tags[GenerationTag.STATE] !== 'unclaimed') return;
  const key = await kms.describeKey(keyId);
  if (key?.state === 'Enabled') await kms.disableKey(keyId);
  await kms.tagKey(keyId, { [GenerationTag.DISABLED_SINCE]: now.toISOString() });
  log.warn('unclaimed-key-disabled', { alias, keyId, generation: tags[GenerationTag.GENERATION], run: tags[GenerationTag.RUN] });
}
