import type { Generation } from './family';
import { ErrorName } from '../../src/contract/error-names';
import { Failure } from '../../src/contract/failure';
import type { FamilyDescription } from '../../src/contract/family/family-description';

/**
 * Refuses to touch what somebody else declares, unless it is said whom it is taken over from.
 *
 * Taking over may have been stopped half-way, so both may own a part.
 */
export function refuseOtherOwners({ alias, owner }: FamilyDescription, generations: readonly Generation[], adoptFrom?: string): void {
  const foreign = generations.find((generation) => generation.owner !== owner && (adoptFrom === undefined || generation.owner !== adoptFrom));
  if (foreign === undefined) return;
  throw new Failure(ErrorName.INVALID_REQUEST, {
    where: alias,
    what: 'rotating key exists already, and is declared by somebody else',
    given: foreign.owner ?? `no owner on ${foreign.keyArn}`,
    allowed: adoptFrom === undefined ? owner : `${owner}, or ${adoptFrom} to take over from`,
    remedy: foreign.owner === undefined
      ? 'tag that key with its owner again'
      : `choose another alias, or take the family over on purpose with adoptFrom: '${foreign.owner}' once that stack has let go of it`,
  });
}
