import { ErrorName } from '../../../src/contract/error-names';
import { Failure } from '../../../src/contract/failure';
import type { FamilyDescription } from '../../../src/contract/family/family-description';
import type { RotationKind } from '../../../src/contract/runs/rotation-run';

/** A family that is paused goes nowhere but back: the roll-back may be what it was paused for. */
export function refusePaused({ alias, paused }: FamilyDescription, kind: RotationKind): void {
  if (!paused || kind === 'roll-back') return;
  throw new Failure(ErrorName.INVALID_REQUEST, {
    where: alias,
    what: 'family is paused',
    given: 'paused: true',
    allowed: 'a roll-back, with { "rollBackTo": the number of a generation }',
    remedy: 'deploy it with paused: false, then start the rotation again',
  });
}
