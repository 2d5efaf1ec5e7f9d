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
export function othersOf({ owner, table, attribute }: Pick<DeclaredAttribute, 'owner' | 'table' | 'attribute'>): readonly Construct[] {
  return (DECLARED.get(owner.node.root) ?? [])
    .filter((other) => other.owner !== owner && other.attribute === attribute && isSameTable(other.table, table))
    .map((other) => other.owner);
}

/** The same construct, or two references with the same name in the same environment. */
function isSameTable(one: dynamodb.ITable, other: dynamodb.ITable): boolean {
  if (one === other) return true;
  const known = [one, other].map(({ tableName, env }) => [tableName, env.account, env.region]);
  if (known.some(([name]) => Token.isUnresolved(name))) return false;
  const [first, second] = known.map((parts, index) => JSON.stringify(Stack.of(index === 0 ? one : other).resolve(parts)));
  return first === second;
}
