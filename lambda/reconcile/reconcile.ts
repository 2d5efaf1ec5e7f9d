import { decideDue, type DueAction } from './decide-due';
import { measureFamily } from './measure-family';
import { performDue } from './perform-due';
import { readObservedState } from './read-observed-state';
import { Failure } from '../../src/contract/failure';
import type { FamilyDescription } from '../../src/contract/family/family-description';
import { ALIAS_DIMENSION, FamilyMetric, METRIC_NAMESPACE } from '../../src/contract/family/family-metrics';
import type { FamilyMachines } from '../../src/contract/runs/function-steps';
import type { ControlPorts } from '../key-family/control-ports';

/** The result of a reconcile run. */
export interface ReconcileReport {
  readonly alias: string;
  readonly currentGeneration: number;
  readonly paused: boolean;
  /** In the order in which they were performed. */
  readonly actions: readonly DueAction[];
}

/**
 * Reconciles a family once a day: compares its state with the declared one, and performs what is due.
 *
 * It may run late or twice, or be stopped at any point. An action that fails does not prevent the others. The reconcile
 * run fails after the last action, and `ReconcileSucceeded` is not published.
 */
export async function reconcile(intent: FamilyDescription, machines: FamilyMachines, ports: ControlPorts): Promise<ReconcileReport> {
  const now = ports.clock.now();
  const measure = (values: { readonly [metric in FamilyMetric]?: number }) =>
    ports.log.measure({ namespace: METRIC_NAMESPACE, dimensions: { [ALIAS_DIMENSION]: intent.alias }, values, at: now });

  const observed = await readObservedState(intent, machines, ports);
  measure(measureFamily(observed, intent, now));
  const actions = decideDue(observed, intent, now);
  const context = { intent, machines, family: observed.family, now };
  const failure = await performAll(actions, (action) => performDue(action, context, ports), ports);
  if (failure !== undefined) throw failure;
  measure({ [FamilyMetric.RECONCILE_SUCCEEDED]: 1 });
  return { alias: intent.alias, currentGeneration: observed.family.current.generation, paused: intent.paused, actions };
}

/** Returns the first failure, if there is one. Every failure is logged. */
async function performAll(
  actions: readonly DueAction[], perform: (action: DueAction) => Promise<void>, { log }: ControlPorts,
): Promise<Failure | undefined> {
  let first: Failure | undefined;
  for (const action of actions) {
    try {
      await perform(action);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      log.error('reconcile-action-failed', { action: action.kind, error: error.name, reason: error.message });
      first ??= error;
    }
  }
  return first;
}
