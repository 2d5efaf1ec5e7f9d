import { isDeclaredBefore, othersOf, storesOfTable, type StoreOfApp } from './stores-of-app';
import { describeProblem } from '../../contract/problem';
import { overlapProblems } from '../../contract/stores/overlap-problems';
import type { DynamoTableDescription } from '../../contract/stores/store-description';
import { ForeignRecords } from '../formats/foreign-records';

/**
 * Reports a store that conflicts with another store of its table, of the same rotating key or of another one of the
 * app. Complete only after the whole app is built.
 *
 * @param foreignRecords as the user declares it
 */
export function sharingProblems(declared: StoreOfApp, foreignRecords: ForeignRecords | undefined): string[] {
  const { owner, description } = declared;
  const others = storesOfTable(declared).filter((other) => other !== declared).map((other) => ({
    name: `store ${other.description.storeId}${other.owner === owner ? '' : ` of ${other.owner.node.path}`}`,
    description: other.description,
  }));
  return [
    ...quarantineProblems(declared, foreignRecords),
    ...(isDeclaredBefore(declared) ? [declaredTwice(description)] : []),
    ...overlapProblems(description, others),
  ];
}

/**
 * Two rotating keys over one attribute: each would quarantine the records of the other, and no rotation could succeed.
 */
function quarantineProblems(declared: StoreOfApp, given: ForeignRecords | undefined): string[] {
  const others = othersOf(declared);
  if (given !== ForeignRecords.QUARANTINE || others.length === 0) return [];
  return [describeProblem({
    where: `store ${declared.description.storeId}, foreignRecords`,
    what: 'another rotating key declares the same attribute of the same table, so its records would be quarantined by every rotation',
    given: `QUARANTINE, beside ${others.map(({ node }) => node.path).join(', ')}`,
    allowed: 'SKIP',
    remedy: 'remove foreignRecords, or set ForeignRecords.SKIP; each rotating key then re-encrypts its own records',
  })];
}

/** Each of the two stores would quarantine the records of the other, or re-encrypt them a second time. */
function declaredTwice({ storeId, dataKeyAttribute }: DynamoTableDescription): string {
  return describeProblem({
    where: `store ${storeId}, dataKeyAttribute`,
    what: 'another store of this rotating key is the same attribute of the same table',
    given: dataKeyAttribute,
    allowed: 'one store for each attribute of a table',
    remedy: 'remove one of the two; if its records have different encryption contexts, use ContextValue.attribute, or '
      + 'formerEncryptionContexts',
  });
}
