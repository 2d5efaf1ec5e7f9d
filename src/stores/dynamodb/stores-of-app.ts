import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import type { Construct, IConstruct } from 'constructs';
import { identityOf, isSameTable } from './table-identity';
import type { DynamoTableDescription } from '../../contract/stores/store-description';

/** One store, as one rotating key of the app declares it. */
export interface StoreOfApp {
  readonly owner: Construct;
  readonly table: dynamodb.ITable;
  readonly description: DynamoTableDescription;
}

/** The stores that all rotating keys of an app declare, by the root of its tree. */
const DECLARED = new WeakMap<IConstruct, StoreOfApp[]>();

/** Remembers that a rotating key declares a store. Which other stores are in its table is known at synthesis. */
export function declareStore(declared: StoreOfApp): void {
  const { root } = declared.owner.node;
  DECLARED.set(root, [...DECLARED.get(root) ?? [], declared]);
}

/** The stores of the app in the table of a store, with itself, in the order of their declaration. */
export function storesOfTable({ owner, table }: StoreOfApp): readonly StoreOfApp[] {
  return (DECLARED.get(owner.node.root) ?? []).filter((other) => isTheTable(table, other.table));
}

/** The other rotating keys of the app that declare the same attribute of the same table. */
export function othersOf(declared: StoreOfApp): readonly Construct[] {
  return storesLike(declared).map(({ owner }) => owner).filter((owner) => owner !== declared.owner);
}

/** Whether the same rotating key has declared the same attribute of the same table before. */
export function isDeclaredBefore(declared: StoreOfApp): boolean {
  return storesLike(declared).find(({ owner }) => owner === declared.owner) !== declared;
}

/** All declarations of the same attribute of the same table, in their order. */
function storesLike(declared: StoreOfApp): readonly StoreOfApp[] {
  return storesOfTable(declared).filter((other) => other.description.dataKeyAttribute === declared.description.dataKeyAttribute);
}

function isTheTable(one: dynamodb.ITable, other: dynamodb.ITable): boolean {
  return one === other || isSameTable(identityOf(one, one), identityOf(other, other));
}
