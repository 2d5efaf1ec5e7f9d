import { Stack, Token } from 'aws-cdk-lib';
import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import type { Construct, IConstruct } from 'constructs';
import type { DynamoTableDescription } from '../../contract/stores/store-description';

/** One data key attribute of one table, as one rotating key declares it. */
export interface DeclaredAttribute {
  readonly owner: Construct;
  readonly table: dynamodb.ITable;
  readonly attribute: string;
  readonly foreignRecords: DynamoTableDescription['foreignRecords'];
}

/** The attributes that all rotating keys of an app declare, by the root of its tree. */
const DECLARED = new WeakMap<IConstruct, DeclaredAttribute[]>();

/** Remembers that a rotating key declares an attribute. Whether another one shares it is known at synthesis. */
export function declareAttribute(declared: DeclaredAttribute): void {
  const { root } = declared.owner.node;
  DECLARED.set(root, [...DECLARED.get(root) ?? [], declared]);
}

/** The other rotating keys of the app that declare the same attribute of the same table. */
export function othersOf(declared: DeclaredAttribute): readonly Construct[] {
  return declarationsLike(declared).map(({ owner }) => owner).filter((owner) => owner !== declared.owner);
}

/** Whether the same rotating key has declared the same attribute of the same table before. */
export function isDeclaredBefore(declared: DeclaredAttribute): boolean {
  return declarationsLike(declared).find(({ owner }) => owner === declared.owner) !== declared;
}

/** All declarations of the same attribute of the same table, in their order. */
function declarationsLike({ owner: { node }, table, attribute }: DeclaredAttribute): readonly DeclaredAttribute[] {
  return (DECLARED.get(node.root) ?? []).filter((other) => other.attribute === attribute && isSameTable(other.table, table));
}

/** The same construct, or two references with the same name in the same environment. */
function isSameTable(one: dynamodb.ITable, other: dynamodb.ITable): boolean {
  if (one === other) return true;
  const known = [one, other].map(({ tableName, env }) => [tableName, env.account, env.region]);
  if (known.some(([name]) => Token.isUnresolved(name))) return false;
  const [first, second] = known.map((parts, index) => JSON.stringify(Stack.of(index === 0 ? one : other).resolve(parts)));
  return first === second;
}
