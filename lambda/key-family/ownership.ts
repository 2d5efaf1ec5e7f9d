import type { Generation } from './family';
import { ErrorName } from '../../src/contract/error-names';
import { Failure } from '../../src/contract/failure';
import type { FamilyDescription } from '../../src/contract/family/family-description';

/**
 * Refuses to change generations of another owner, unless `adoptFrom` names that owner.
 *
 * An adoption may have been stopped half-way. Each of the two owners then owns some of the generations.
 */
export function refuseOtherOwners(
  { alias, owner }: FamilyDescription, generations: readonly Pick<Generation, 'owner' | 'keyArn'>[], adoptFrom?: string,
): void {
  const allowed = adoptFrom === undefined ? [owner] : [owner, adoptFrom];
  const foreign = generations.find((generation) => generation.owner === undefined || !allowed.includes(generation.owner));
  if (foreign === undefined) return;
  throw new Failure(ErrorName.INVALID_REQUEST, {
    where: alias,
    what: 'rotating key already exists and has another owner',
    given: foreign.owner ?? `no owner on ${foreign.keyArn}`,
    allowed: adoptFrom === undefined ? owner : `${owner}, or ${adoptFrom}, from which it is adopted`,
    remedy: foreign.owner === undefined
      ? 'tag that key with its owner again'
      : `choose another alias, or remove the rotating key from the stack of that owner and ${adoptionRemedy(foreign.owner)}`,
  });
}

/**
 * A template that declares the same owner already would be no change, and AWS CloudFormation would send no Update. A
 * changed description always is one.
 */
export function adoptionRemedy(owner: string): string {
  return `then adopt the family with adoptFrom: '${owner}'; if the construct declares that already, change its description `
    + 'in the same deployment, so that AWS CloudFormation updates it';
}
