import { isProbeRecorded, watchNotProven } from './prove-watch';
import type { UseEvidence } from '../../../src/contract/evidence/evidence';
import { ALIAS_DIMENSION, FamilyMetric, METRIC_NAMESPACE } from '../../../src/contract/family/family-metrics';
import { GenerationTag } from '../../../src/contract/family/generation-tags';
import { describeProblem } from '../../../src/contract/problem';
import type { RotationRun } from '../../../src/contract/runs/rotation-run';
import type { ControlPorts } from '../../key-family/control-ports';
import type { Generation } from '../../key-family/family';
import { findConsumerFailure } from '../../watch/consumer-failures';
import { decideConsumers } from '../decide/decide-consumers';
import { oldGenerations, readFamilyOfRun, type RotationState } from '../run-ownership';
import { findPreviousGeneration } from '../steps/move-alias-back';
import { refuseEncryption } from '../steps/refuse-dependents';

/**
 * Checks whether KMS calls of consumers failed since the alias moved, and decides whether to go on watching, to
 * continue, or to move the alias back. Also finds principals that still encrypt under an old generation. Invoked again
 * and again, before the fence and after it.
 */
export async function checkConsumers(state: RotationState, ports: ControlPorts): Promise<RotationRun> {
  const { family: description, run } = state;
  const { family, to } = await readFamilyOfRun(state, ports);
  const { clock, evidence, kms } = ports;
  const now = clock.now();
  const movedAt = run.movedAt ?? now.toISOString();
  const old = oldGenerations(family, run);
  const watched = old.every(({ consumerWatch }) => consumerWatch !== undefined);
  const failure = watched ? undefined : await findConsumerFailure({
    movedAt, firstMovedAt: earlier(to.rolledBack?.firstMovedAt, movedAt), generations: [to, ...old],
  }, evidence);
  const decision = decideConsumers({
    movedAt: new Date(movedAt),
    fencedAt: run.fence?.fencedAt === undefined ? undefined : new Date(run.fence.fencedAt),
    watchSeconds: run.watchSeconds,
    propagationDelaySeconds: description.propagationDelaySeconds,
    failed: failure !== undefined,
    watched,
    onConsumerFailure: description.onConsumerFailure,
    previous: previousOf(findPreviousGeneration(family, run)),
  }, now);
  if (failure !== undefined) report(failure, decision.consumers.startsWith('failing'), state, ports);
  // A consumer that fails matters more: the alias moves back first.
  if (!decision.consumers.startsWith('failing')) await refuseEncryption(description, old, movedAt, { kms, clock });
  if (decision.consumers === 'working' && !watched) await refuseUnprovenWatch(state, ports);
  const next: RotationRun = {
    ...run, movedAt, ...decision, ...(failure === undefined ? {} : { consumerFailure: describeFailure(description.alias, failure) }),
  };
  return decision.consumers === 'working-fenced' ? concludeWatch(next, { to, old, state }, ports) : next;
}

/** Records that the consumers were watched until the end. From then on a later run does not undo this rotation. */
async function concludeWatch(
  run: RotationRun, { to, old, state }: { to: Generation; old: readonly Generation[]; state: RotationState }, ports: ControlPorts,
): Promise<RotationRun> {
  const { kms, log, clock } = ports;
  const { alias } = state.family;
  const proven = run.watch !== undefined && (run.watch.state === 'proven' || await isProbeRecorded(run, run.watch, ports));
  const consumerWatch = proven ? 'proven' : 'unknown';
  for (const { keyId, consumerWatch: recorded } of old) {
    if (recorded === undefined) await kms.tagKey(keyId, { [GenerationTag.CONSUMER_WATCH]: consumerWatch });
  }
  if (to.rolledBack !== undefined) await kms.tagKey(to.keyId, { [GenerationTag.ROLLED_BACK]: '' });
  log.measure({
    namespace: METRIC_NAMESPACE,
    dimensions: { [ALIAS_DIMENSION]: alias },
    values: { [FamilyMetric.CONSUMER_WATCH_UNKNOWN]: proven ? 0 : 1 },
    at: clock.now(),
  });
  if (!proven) log.warn('consumer-watch-unknown', { family: alias, run: run.run, probedAt: run.watch?.probedAt });
  return run.watch === undefined ? run : { ...run, watch: { ...run.watch, state: consumerWatch } };
}

function report(
  { operation, errorCode, principal, at, eventId }: UseEvidence, movesAliasBack: boolean, { family, run }: RotationState,
  { log }: ControlPorts,
): void {
  // With `continue` the watch goes on after the first failure. It is logged once.
  if (!movesAliasBack && run.consumerFailure !== undefined) return;
  log.warn('consumer-failure-detected', {
    family: family.alias, run: run.run, movesAliasBack, operation, errorCode, principal, at, eventId,
  });
}

function previousOf(previous: Generation | undefined): 'unfenced' | 'fenced' | 'none' {
  if (previous === undefined) return 'none';
  return previous.phase === 'current' ? 'unfenced' : 'fenced';
}

/** The role and not its session: a session name can be personal data, which does not belong into execution data. */
function describeFailure(alias: string, { role, principal, operation, errorCode, at, eventId }: UseEvidence): string {
  return describeProblem({
    where: alias,
    what: 'a consumer failed after the alias had moved, so the alias refers to the previous generation again',
    given: `${operation} of ${role ?? principal} at ${at}: ${errorCode}, CloudTrail event ${eventId}`,
    remedy: 'repair the consumer: it must not pass the alias as KeyId to Decrypt, and must not encrypt by key id or ARN. '
      + 'Then start the rotation again, or deploy a change of the rotating key: no reconcile run tries it again',
  });
}

/** A run that continues after the alias has moved did not wait for the proof before the move. */
async function refuseUnprovenWatch({ family: { alias, onConsumerFailure }, run }: RotationState, ports: ControlPorts): Promise<void> {
  if (onConsumerFailure !== 'roll-back' || run.kind === 'roll-back' || run.watch === undefined) return;
  if (run.watch.state !== 'proven' && !await isProbeRecorded(run, run.watch, ports)) throw watchNotProven(alias, run.watch);
}

function earlier(first: string | undefined, movedAt: string): string {
  return first !== undefined && Date.parse(first) < Date.parse(movedAt) ? first : movedAt;
}
