import { isSamePlace } from './declared-stores';
import { ErrorName } from '../../src/contract/error-names';
import { Failure } from '../../src/contract/failure';
import type { FamilyDescription } from '../../src/contract/family/family-description';
import { overlapProblems } from '../../src/contract/stores/overlap-problems';
import type { StorePlace } from '../../src/contract/stores/store-place';

type Stores = Pick<FamilyDescription, 'alias' | 'stores' | 'releasedStores'>;

/**
 * Refuses stores that cannot be declared together. Synthesis reports the same, as far as it knows the tables: a table
 * can be a reference, and only a deployment knows all ARNs.
 */
export function refuseStores(family: Stores): void {
  refuseDeclaredAndReleased(family);
  refuseDeclaredTwice(family);
  refuseOverlaps(family);
}

/** The release of a declared store would silently cover a later removal by mistake. */
function refuseDeclaredAndReleased({ alias, stores, releasedStores = [] }: Stores): void {
  const both = releasedStores.filter((released) => stores.some((store) => isSamePlace(store, released)));
  if (both.length === 0) return;
  throw new Failure(ErrorName.INVALID_REQUEST, {
    where: alias,
    what: 'store is declared and released',
    given: both.map(describePlace).join('; '),
    allowed: 'a store in stores or in releasedStores, but not in both',
    remedy: 'delete the release if the records of the store are needed, or the declaration of the store if they are not',
  });
}

function refuseDeclaredTwice({ alias, stores }: Stores): void {
  const twice = stores.find((store, index) => stores.findIndex((other) => isSamePlace(store, other)) !== index);
  if (twice === undefined) return;
  throw new Failure(ErrorName.INVALID_REQUEST, {
    where: alias,
    what: 'two stores are the same attribute of the same table',
    given: describePlace(twice),
    allowed: 'one store for each attribute of a table',
    remedy: 'remove one of the two',
  });
}

/** A rotation would destroy data keys: it writes an attribute that another store needs unchanged. */
function refuseOverlaps({ alias, stores }: Stores): void {
  const [problem] = stores.flatMap((store) => {
    const others = stores.filter((other) => other !== store && other.tableArn === store.tableArn);
    return overlapProblems(store, others.map((description) => ({ name: `store ${description.storeId}`, description })));
  });
  if (problem === undefined) return;
  throw new Failure(ErrorName.INVALID_REQUEST, {
    where: alias,
    what: 'stores of one table overlap',
    given: problem,
    allowed: 'stores that write no attribute which another one needs',
    remedy: 'correct the attributes of the two stores',
  });
}

function describePlace({ tableArn, dataKeyAttribute }: StorePlace): string {
  return `${tableArn}, attribute ${dataKeyAttribute}`;
}
