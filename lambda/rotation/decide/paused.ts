import { ErrorName } from '../../../src/contract/error-names';
import { Failure } from '../../../src/contract/failure';
import type { FamilyDescription } from '../../../src/contract/family/family-description';
import type { RotationKind } from '../../../src/contract/runs/rotation-run';

/** A paused family allows a rollback only: the need for a rollback may be the reason for the pause. */
export function refusePaused({ alias, paused }: FamilyDescription, kind: RotationKind): void {
  if (!paused || kind === 'roll-back') return;
  throw new Failure(ErrorName.INVALID_REQUEST, {
    where: alias,
    what: 'family is paused',
    given: 'paused: true',
    allowed: 'a rollback, with { "rollBackTo": <generation number> }',
    remedy: 'deploy the family with paused: false, then start the rotation again',
  });
}
