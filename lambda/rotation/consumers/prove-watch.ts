import { ErrorName } from '../../../src/contract/error-names';
import { Failure } from '../../../src/contract/failure';
import { CLOUDTRAIL_DELIVERY_SECONDS } from '../../../src/contract/family/report-delays';
import type { ConsumerWatch, RotationRun } from '../../../src/contract/runs/rotation-run';
import { canaryContext } from '../../key-family/canary';
import type { ControlPorts } from '../../key-family/control-ports';
import { hasProbeArrived } from '../../watch/consumer-failures';
import { decideWatch } from '../decide/decide-consumers';
import { readFamilyOfRun, type RotationState } from '../run-ownership';

/**
 * Sends a probe: a call that KMS refuses. The watch must receive its event. Then checks, each time that it is invoked,
 * whether the event has arrived.
 */
export async function proveWatch(state: RotationState, ports: ControlPorts): Promise<RotationRun> {
  const { family: description, run } = state;
  const { to } = await readFamilyOfRun(state, ports);
  const other = run.others.at(-1);
  const now = ports.clock.now();
  if (other === undefined) return { ...run, watch: { probedAt: now.toISOString(), state: 'unknown' } };
  if (run.watch === undefined) {
    await ports.kms.failToGenerateDataKey(to.keyArn, canaryContext(description));
    return { ...run, watch: { probedAt: now.toISOString(), state: run.kind === 'roll-back' ? 'unknown' : 'waiting' } };
  }
  const arrived = await isProbeRecorded(run, run.watch, ports);
  const { onConsumerFailure } = description;
  const decided = decideWatch({ kind: run.kind, probedAt: new Date(run.watch.probedAt), arrived, onConsumerFailure }, now);
  if (decided === 'refused') throw watchNotProven(description.alias, run.watch);
  return { ...run, watch: { ...run.watch, state: decided } };
}

/** Whether the event of the run's probe has arrived. */
export async function isProbeRecorded(
  { to }: Pick<RotationRun, 'to'>, { probedAt }: ConsumerWatch, { evidence }: Pick<ControlPorts, 'evidence'>,
): Promise<boolean> {
  return to !== undefined && hasProbeArrived(to.keyArn.slice(to.keyArn.indexOf('/') + 1), probedAt, evidence);
}

export function watchNotProven(alias: string, { probedAt }: ConsumerWatch): Failure {
  return new Failure(ErrorName.WATCH_NOT_PROVEN, {
    where: alias,
    what: 'watch received no event of its own probe, so it would not detect failing consumers',
    given: `no event of a call at ${probedAt} within ${CLOUDTRAIL_DELIVERY_SECONDS / 60} minutes`,
    allowed: 'an event',
    remedy: 'configure a CloudTrail trail of this account that logs read-only management events in this Region, including '
      + 'those of AWS KMS, or declare OnConsumerFailure.ROLL_BACK_IF_WATCHED or CONTINUE; '
      + 'then run the rotation again. No old generation is fenced',
  });
}
