import { isSamePlace } from './declared-stores';
import { ErrorName } from '../../src/contract/error-names';
import { Failure } from '../../src/contract/failure';
import type { FamilyDescription } from '../../src/contract/family/family-description';

/**
 * Refuses a store that is declared and released. Its release would silently cover a later removal by mistake.
 *
 * At synthesis a table can be a reference to a resource: only a deployment knows all ARNs.
 */
export function refuseDeclaredAndReleased(
  { alias, stores, releasedStores = [] }: Pick<FamilyDescription, 'alias' | 'stores' | 'releasedStores'>,
): void {
  const both = releasedStores.filter((released) => stores.some((store) => isSamePlace(store, released)));
  if (both.length === 0) return;
  throw new Failure(ErrorName.INVALID_REQUEST, {
    where: alias,
    what: 'store is declared and released',
    given: both.map(({ tableArn, dataKeyAttribute }) => `${tableArn}, attribute ${dataKeyAttribute}`).join('; '),
    allowed: 'a store in stores or in releasedStores, but not in both',
    remedy: 'delete the release if the records of the store are needed, or the declaration of the store if they are not',
  });
}
