import { ErrorName } from '../../src/contract/error-names';
import { Failure } from '../../src/contract/failure';
import type { FamilyDescription } from '../../src/contract/family/family-description';
import { generationAlias } from '../../src/contract/family/generation-tags';
import type { RotationRun } from '../../src/contract/runs/rotation-run';
import type { ControlPorts } from '../key-family/control-ports';
import { findGeneration, type Family, type Generation } from '../key-family/family';
import { policyRevision } from '../key-family/policy/policy-revision';
import { readFamily } from '../key-family/read-family';

/** What every step after the plan begins with. */
export interface RotationState {
  readonly family: FamilyDescription;
  /** The ARN of the state machine, to see which runs are under way. */
  readonly machine: string;
  readonly run: RotationRun;
}

/** One step of a rotation. It may be asked twice; its answer is the run, brought further. */
export type RotationStep = (state: RotationState, ports: ControlPorts) => Promise<RotationRun>;

/** A family that this run may change: read anew before every change of alias or policy. */
export interface OwnFamily {
  readonly family: Family;
  readonly to: Generation;
}

/** Reads the family again, and stops a run that has been overtaken by another run or by a deployment. */
export async function readOwnFamily(state: RotationState, ports: ControlPorts): Promise<OwnFamily> {
  const own = await readFamilyInHand(state, ports);
  refuseOtherRevisions(state.family, [own.to, ...oldGenerations(own.family, state.run)]);
  return own;
}

/** The same for steps that look, or that lead back: a deployment in between is no reason not to. */
export async function readFamilyInHand({ family: { alias }, machine, run }: RotationState, { kms, machines }: ControlPorts): Promise<OwnFamily> {
  const family = await readFamily(alias, kms, 'by-alias');
  const to = findGeneration(family, run.toGeneration);
  if (to === undefined || to.run !== run.run) {
    throw new Failure(ErrorName.RUN_SUPERSEDED, {
      where: generationAlias(alias, run.toGeneration),
      what: 'generation is in the hands of another run',
      given: `run ${run.run}`,
      allowed: to?.run === undefined ? 'none' : `run ${to.run}`,
      remedy: 'nothing is to be done here; the other run goes on',
    });
  }
  refuseOtherRuns(family, run.run, await machines.runningExecutions(machine));
  return { family, to };
}

/** Two runs that lead to different generations would fence each other's: of all runs at work, a family knows one. */
export function refuseOtherRuns({ alias, generations, unclaimed }: Family, run: string, activeRuns: readonly string[]): void {
  const other = [...generations, ...unclaimed].find((key) => key.run !== undefined && key.run !== run && activeRuns.includes(key.run));
  if (other === undefined) return;
  throw new Failure(ErrorName.RUN_SUPERSEDED, {
    where: generationAlias(alias, other.generation),
    what: 'another run is rotating this family',
    given: `run ${run}`,
    allowed: `run ${other.run}`,
    remedy: 'wait until that run has ended, or stop it; the next one goes on where it stopped',
  });
}

export function refuseOtherRevisions(description: FamilyDescription, generations: readonly Generation[]): void {
  const revision = policyRevision(description);
  const other = generations.find((generation) => generation.policyRevision !== revision);
  if (other === undefined) return;
  throw new Failure(ErrorName.RUN_SUPERSEDED, {
    where: generationAlias(description.alias, other.generation),
    what: 'key policy has been deployed in another revision since this run was described',
    given: other.policyRevision ?? 'no revision',
    allowed: revision,
    remedy: 'let the deployment finish; the next run starts with the policy that is deployed then',
  });
}

/** The generations that the run empties, as they are now. */
export function oldGenerations(family: Family, { from }: RotationRun): Generation[] {
  return from.flatMap(({ generation }) => findGeneration(family, generation) ?? []);
}

/** Stops a run whose generation has lost the alias: what it would fence might be what people use. */
export function refuseMovedAlias({ alias, current }: Family, to: Generation): void {
  if (current.keyId === to.keyId) return;
  throw new Failure(ErrorName.VERIFICATION_FAILED, {
    where: alias,
    what: 'alias does not name the generation that this run leads to',
    given: current.keyArn,
    allowed: to.keyArn,
    remedy: 'find out who moved it (CloudTrail: UpdateAlias), then run the rotation again; every generation can still be read',
  });
}
