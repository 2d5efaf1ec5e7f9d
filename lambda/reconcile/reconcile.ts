import { decideDue, type DueAction } from './decide-due';
import { measureFamily } from './measure-family';
import { performDue } from './perform-due';
import { readWorld } from './read-world';
import { Failure } from '../../src/contract/failure';
import type { FamilyDescription } from '../../src/contract/family/family-description';
import { ALIAS_DIMENSION, FamilyMetric, METRIC_NAMESPACE } from '../../src/contract/family/family-metrics';
import type { FamilyMachines } from '../../src/contract/runs/function-steps';
import type { ControlPorts } from '../key-family/control-ports';

/** What a tick has found and done. */
export interface ReconcileReport {
  readonly alias: string;
  readonly currentGeneration: number;
  readonly paused: boolean;
  /** In the order in which they were done. */
  readonly actions: readonly DueAction[];
}

/**
 * Looks after a family once a day: compares the world with what is declared, and starts what is due.
 *
 * It may come late, twice, or be stopped anywhere. One thing that cannot be done keeps nothing else from being done; the tick fails in
 * the end, and does not count as a good one.
 */
export async function reconcile(intent: FamilyDescription, machines: FamilyMachines, ports: ControlPorts): Promise<ReconcileReport> {
  const now = ports.clock.now();
  const measure = (values: { readonly [metric in FamilyMetric]?: number }) =>
    ports.log.measure({ namespace: METRIC_NAMESPACE, dimensions: { [ALIAS_DIMENSION]: intent.alias }, values, at: now });

  const world = await readWorld(intent, machines, ports);
  measure(measureFamily(world, intent, now));
  const actions = decideDue(world, intent, now);
  const failure = await performAll(actions, (action) => performDue(action, { intent, machines, family: world.family, now }, ports), ports);
  if (failure !== undefined) throw failure;
  measure({ [FamilyMetric.RECONCILE_SUCCEEDED]: 1 });
  return { alias: intent.alias, currentGeneration: world.family.current.generation, paused: intent.paused, actions };
}

/** The first failure, if there was one. Each is told where it happens. */
async function performAll(
  actions: readonly DueAction[], perform: (action: DueAction) => Promise<void>, { log }: ControlPorts,
): Promise<Failure | undefined> {
  let first: Failure | undefined;
  for (const action of actions) {
    try {
      await perform(action);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      log.error('not-done', { action: action.kind, error: error.name, reason: error.message });
      first ??= error;
    }
  }
  return first;
}
