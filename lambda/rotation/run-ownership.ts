import { ErrorName } from '../../src/contract/error-names';
import { Failure } from '../../src/contract/failure';
import type { FamilyDescription } from '../../src/contract/family/family-description';
import { generationAlias } from '../../src/contract/family/generation-tags';
import type { RotationRun } from '../../src/contract/runs/rotation-run';
import { executionOf } from '../../src/contract/runs/run-id';
import type { ControlPorts } from '../key-family/control-ports';
import { findGeneration, type Family, type Generation } from '../key-family/family';
import { policyRevision } from '../key-family/policy/policy-revision';
import { readFamily } from '../key-family/read-family';

/** Input of every step after the plan. */
export interface RotationState {
  readonly family: FamilyDescription;
  /** ARN of the state machine, to find its running executions. */
  readonly machine: string;
  readonly run: RotationRun;
}

/** One step of a rotation. It may be invoked twice with the same state, and returns the updated run. */
export type RotationStep = (state: RotationState, ports: ControlPorts) => Promise<RotationRun>;

/** A family whose target generation belongs to this run. It is read again before every change of alias or policy. */
export interface FamilyOfRun {
  readonly family: Family;
  readonly to: Generation;
}

/**
 * Reads the family before a change.
 *
 * Fails if another run has superseded this one, or if a deployment has changed the key policy since the run began.
 */
export async function readFamilyToChange(state: RotationState, ports: ControlPorts): Promise<FamilyOfRun> {
  const own = await readFamilyOfRun(state, ports);
  refuseOtherRevisions(state.family, [own.to, ...oldGenerations(own.family, state.run)]);
  return own;
}

/** Reads the family for steps that only read, or that move the alias back: a deployment must not stop those. */
export async function readFamilyOfRun(
  { family: { alias }, machine, run }: RotationState, { kms, machines }: ControlPorts,
): Promise<FamilyOfRun> {
  const family = await readFamily(alias, kms);
  const to = findGeneration(family, run.toGeneration);
  if (to === undefined || to.run !== run.run) {
    throw new Failure(ErrorName.RUN_SUPERSEDED, {
      where: generationAlias(alias, run.toGeneration),
      what: 'generation belongs to another rotation run',
      given: `run ${run.run}`,
      allowed: to?.run === undefined ? 'none' : `run ${to.run}`,
      remedy: 'no action is needed for this run; the other run continues the rotation',
    });
  }
  refuseOtherRuns(family, run.run, await machines.runningExecutions(machine));
  return { family, to };
}

/** Two runs with different target generations would fence each other's target, so only one run may change a family. */
export function refuseOtherRuns({ alias, generations, unclaimed }: Family, run: string, activeRuns: readonly string[]): void {
  const other = [...generations, ...unclaimed].find((key) => isOtherActiveRun(key.run, run, activeRuns));
  if (other === undefined) return;
  throw new Failure(ErrorName.RUN_SUPERSEDED, {
    where: generationAlias(alias, other.generation),
    what: 'another run is rotating this family',
    given: `run ${run}`,
    allowed: `run ${other.run}`,
    remedy: 'wait until that run has ended, or stop it; the next run continues from the state that it leaves',
  });
}

/**
 * Whether another run than this one works on a key. `activeRuns` are ARNs of executions. A key can have the run of an
 * ended execution of the same name as this one.
 */
export function isOtherActiveRun(other: string | undefined, run: string, activeRuns: readonly string[]): boolean {
  return other !== undefined && executionOf(other) !== executionOf(run) && activeRuns.includes(executionOf(other));
}

export function refuseOtherRevisions(description: FamilyDescription, generations: readonly Generation[]): void {
  const revision = policyRevision(description);
  const other = generations.find((generation) => generation.policyRevision !== revision);
  if (other === undefined) return;
  throw new Failure(ErrorName.RUN_SUPERSEDED, {
    where: generationAlias(description.alias, other.generation),
    what: 'another revision of the key policy has been deployed since this run began',
    given: other.policyRevision ?? 'no revision',
    allowed: revision,
    remedy: 'wait until the deployment is complete; the next run uses the deployed key policy',
  });
}

/** The current state of the generations that the run empties. */
export function oldGenerations(family: Family, { from }: RotationRun): Generation[] {
  return from.flatMap(({ generation }) => findGeneration(family, generation) ?? []);
}

/**
 * Fails if the alias no longer names the target of the run: the run might fence the generation that applications use.
 */
export function refuseMovedAlias({ alias, current }: Family, to: Generation): void {
  if (current.keyId === to.keyId) return;
  throw new Failure(ErrorName.VERIFICATION_FAILED, {
    where: alias,
    what: 'alias does not name the target generation of this run',
    given: current.keyArn,
    allowed: to.keyArn,
    remedy: 'find the principal that moved the alias (CloudTrail: UpdateAlias), then run the rotation again; '
      + 'every generation can still decrypt',
  });
}
