import type { PassMode } from '../../../src/contract/runs/reencryption';
import type { RotationRun } from '../../../src/contract/runs/rotation-run';
import type { ControlPorts } from '../../key-family/control-ports';
import { readFamilyToChange, refuseMovedAlias, type RotationState } from '../run-ownership';

/**
 * Two rounds re-encrypt what applications write during the rotation. Records that a census still finds after that have
 * a wrong recorded key id, so from this round on recorded key ids are ignored.
 */
const FIRST_ROUND_WITHOUT_RECORDED_KEY_IDS = 3;

/**
 * Re-encryption and census alternate and share one numbering: passes 1 and 2 are the first round, 3 and 4 the second.
 */
export function roundOf(pass: number): number {
  return Math.ceil(pass / 2);
}

/** Begins a re-encryption pass: the first one, or another after a census that found records. */
export async function beginPass(state: RotationState, ports: ControlPorts): Promise<RotationRun> {
  // The census of the previous round is removed: it does not describe this one.
  const { census: _, ...run } = state.run;
  const number = nextPass(run, 1);
  const mode = roundOf(number) < FIRST_ROUND_WITHOUT_RECORDED_KEY_IDS ? 're-encrypt' : 're-encrypt-every-blob';
  return begin({ ...state, run }, number, mode, ports);
}

/** Begins a census of the records under old generations. */
export async function beginCensus(state: RotationState, ports: ControlPorts): Promise<RotationRun> {
  return begin(state, nextPass(state.run, 0), 'census', ports);
}

/**
 * Depends on the run only, so a repeated step uses the same evidence keys. Odd numbers re-encrypt, even numbers
 * are a census.
 */
function nextPass({ pass }: RotationRun, parity: 0 | 1): number {
  const next = (pass?.number ?? 0) + 1;
  return next % 2 === parity ? next : next + 1;
}

/** A run must not write records if it is superseded, or if the alias no longer names its target. */
async function begin(state: RotationState, number: number, mode: PassMode, ports: ControlPorts): Promise<RotationRun> {
  const { family, to } = await readFamilyToChange(state, ports);
  refuseMovedAlias(family, to);
  return { ...state.run, pass: { number, mode, startedAt: ports.clock.now().toISOString() } };
}
