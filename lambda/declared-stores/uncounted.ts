import { ErrorName } from '../../src/contract/error-names';
import { Failure } from '../../src/contract/failure';
import type { StorePlace } from '../../src/contract/stores/store-place';

/** Stores that an error lists. The evidence has all of them. */
const MAX_LISTED = 5;

/** Why no generation is retired while stores that were declared are not counted. */
export function describeUncounted(stores: readonly StorePlace[]): string {
  return `records of a store that was declared before are not counted: ${listed(stores, ({ tableArn, dataKeyAttribute }) =>
    `${tableArn}, attribute ${dataKeyAttribute}`)}`;
}

/** The error of a retirement that is refused because a store is no longer counted. Only the owner can decide. */
export function uncountedFailure(where: string, stores: readonly StorePlace[]): Failure {
  return new Failure(ErrorName.STORE_MISMATCH, {
    where,
    what: 'a store that was declared before is no longer declared with the same table and attribute, so its records are not counted, '
      + 'and no old generation is retired',
    given: listed(stores, ({ tableArn, dataKeyAttribute }) => `${tableArn}, attribute ${dataKeyAttribute}`),
    allowed: 'every store that was ever declared, or its release',
    remedy: 'declare the store again; only if no data key in it is needed any more, release it with '
      + `releasedStores: [${listed(stores, release, ', ')}]: records in a released store are not counted, and become permanently `
      + 'unreadable when the generation of their data key is deleted',
  });
}

function release({ tableArn, dataKeyAttribute }: StorePlace): string {
  return `{ tableArn: ${JSON.stringify(tableArn)}, dataKeyAttribute: ${JSON.stringify(dataKeyAttribute)} }`;
}

function listed(stores: readonly StorePlace[], text: (store: StorePlace) => string, separator = '; '): string {
  const more = stores.length > MAX_LISTED ? [`and ${stores.length - MAX_LISTED} more`] : [];
  return [...stores.slice(0, MAX_LISTED).map(text), ...more].join(separator);
}
