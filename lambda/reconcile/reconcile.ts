import { decideDue, type DueAction, type ObservedState } from './decide-due';
import { measureFamily } from './measure-family';
import { performDue } from './perform-due';
import { readObservedState } from './read-observed-state';
import { Failure } from '../../src/contract/failure';
import type { FamilyDescription } from '../../src/contract/family/family-description';
import { ALIAS_DIMENSION, FamilyMetric, METRIC_NAMESPACE } from '../../src/contract/family/family-metrics';
import type { FamilyMachines } from '../../src/contract/runs/function-steps';
import { recordStores } from '../declared-stores/declared-stores';
import { storesIn } from '../declared-stores/former-stores';
import type { ControlPorts } from '../key-family/control-ports';
import { enableUsedKeys } from '../retirement/reversal/enable-used-keys';
import { guardPendingDeletions } from '../retirement/reversal/guard-pending-deletions';
import { familyDescription } from '../runtime/decode-family';

/** The result of a reconcile run. */
export interface ReconcileReport {
  readonly alias: string;
  /** Absent if the description of this run is older than the last deployment: then nothing was done. */
  readonly currentGeneration?: number;
  readonly paused: boolean;
  /** In the order in which they were performed. */
  readonly actions: readonly DueAction[];
}

/**
 * Reconciles a family once a day: compares its state with the declared one, and performs what is due.
 *
 * Pending deletions are first, and apart from everything else, because KMS deletes by itself. If the description is not
 * complete or outdated, or the family cannot be read, keys that are in use are enabled nevertheless.
 *
 * It may run late or twice, or be stopped at any point. An action that fails does not prevent the others. The reconcile
 * run fails after the last action, and `ReconcileSucceeded` is not published.
 */
export async function reconcile(intent: FamilyDescription, machines: FamilyMachines, ports: ControlPorts): Promise<ReconcileReport> {
  const now = ports.clock.now();
  const measure = (values: { readonly [metric in FamilyMetric]?: number }) =>
    ports.log.measure({ namespace: METRIC_NAMESPACE, dimensions: { [ALIAS_DIMENSION]: intent.alias }, values, at: now });

  const unguarded = await guardPendingDeletions(intent, ports);
  const unrecorded = await recordDeclared(intent, ports);
  const observed = await readOrRevert(intent, machines, ports);
  if (observed === 'outdated') {
    ports.log.warn('description-outdated', { alias: intent.alias });
    // What an older description must not start does not stop a reversal.
    await enableUsedKeys(intent, ports);
    if (unguarded !== undefined) throw unguarded;
    if (unrecorded !== undefined) throw unrecorded;
    return { alias: intent.alias, paused: intent.paused, actions: [] };
  }
  measure(measureFamily(observed, intent, now));
  const actions = decideDue(observed, intent, now);
  const context = { intent, machines, family: observed.family, now };
  const failure = await performAll(actions, (action) => performDue(action, context, ports), ports);
  if (failure !== undefined) throw failure;
  if (unguarded !== undefined) throw unguarded;
  if (unrecorded !== undefined) throw unrecorded;
  measure({ [FamilyMetric.RECONCILE_SUCCEEDED]: 1 });
  return { alias: intent.alias, currentGeneration: observed.family.current.generation, paused: intent.paused, actions };
}

/** Also of a description that is outdated: its stores were declared. Returns the failure, if there is one. */
async function recordDeclared(intent: FamilyDescription, ports: ControlPorts): Promise<unknown> {
  try {
    await recordStores(intent.alias, storesIn(intent), ports);
    return undefined;
  } catch (error) {
    const isKnown = error instanceof Failure;
    ports.log.error('stores-not-recorded', {
      alias: intent.alias, error: isKnown ? error.name : 'unknown', reason: isKnown ? error.message : undefined,
    });
    return error;
  }
}

/** A family that cannot be read is not retired. What retirement has done before is reverted where a key is in use. */
async function readOrRevert(
  intent: FamilyDescription, machines: FamilyMachines, ports: ControlPorts,
): Promise<ObservedState | 'outdated'> {
  try {
    familyDescription(intent, 'reconcile run, member family');
    return await readObservedState(intent, machines, ports);
  } catch (error) {
    await enableUsedKeys(intent, ports);
    throw error;
  }
}

/** Returns the first failure, if there is one. Every failure is logged. */
async function performAll(
  actions: readonly DueAction[], perform: (action: DueAction) => Promise<void>, { log }: ControlPorts,
): Promise<unknown> {
  let first: unknown;
  for (const action of actions) {
    try {
      await perform(action);
    } catch (error) {
      const isKnown = error instanceof Failure;
      log.error('reconcile-action-failed', {
        action: action.kind, error: isKnown ? error.name : 'unknown', reason: isKnown ? error.message : undefined,
      });
      first ??= error;
    }
  }
  return first;
}
