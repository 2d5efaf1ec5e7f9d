import type { PassMode } from '../../../src/contract/runs/reencryption';
import type { RotationRun } from '../../../src/contract/runs/rotation-run';
import type { ControlPorts } from '../../key-family/control-ports';
import { readOwnFamily, refuseMovedAlias, type RotationState } from '../run-ownership';

/** Two rounds settle what writers do. What a census finds after that stands beside a wrong note, so none is believed any more. */
const UNBELIEVING_FROM_ROUND = 3;

/** Re-encryption and census take turns and are numbered together: passes 1 and 2 are the first round, 3 and 4 the second. */
export function roundOf(pass: number): number {
  return Math.ceil(pass / 2);
}

/** Begins to re-encrypt, for the first time or after a census that found something. */
export async function beginPass(state: RotationState, ports: ControlPorts): Promise<RotationRun> {
  // The count that led here is told: it belongs to the round before.
  const { census: _, ...run } = state.run;
  const number = nextPass(run, 1);
  return begin({ ...state, run }, number, roundOf(number) < UNBELIEVING_FROM_ROUND ? 're-encrypt' : 're-encrypt-every-blob', ports);
}

/** Begins to count what is left under the old generations. */
export async function beginCensus(state: RotationState, ports: ControlPorts): Promise<RotationRun> {
  return begin(state, nextPass(state.run, 0), 'census', ports);
}

/** A function of the run alone: a step that is asked twice names the same evidence. Odd numbers re-encrypt, even ones count. */
function nextPass({ pass }: RotationRun, parity: 0 | 1): number {
  const next = (pass?.number ?? 0) + 1;
  return next % 2 === parity ? next : next + 1;
}

/** A run that has been overtaken writes no records any more, nor does one whose generation has lost the alias. */
async function begin(state: RotationState, number: number, mode: PassMode, ports: ControlPorts): Promise<RotationRun> {
  const { family, to } = await readOwnFamily(state, ports);
  refuseMovedAlias(family, to);
  return { ...state.run, pass: { number, mode, startedAt: ports.clock.now().toISOString() } };
}
