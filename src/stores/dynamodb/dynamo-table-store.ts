import { Duration, Stack, Token } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import { type Construct } from 'constructs';
import { type DynamoTableStoreOptions } from './dynamo-table-options';
import { byName } from '../../contract/by-name';
import { describeProblem } from '../../contract/problem';
import type { DynamoTableDescription } from '../../contract/stores/store-description';
import { POINT_IN_TIME_RECOVERY_DAYS, STORE_ID, STORE_SHARDS } from '../../contract/stores/store-limits';
import { KeyActions } from '../../permissions/key-actions';
import { numberProblems } from '../../validation/in-range';
import { type BoundStore } from '../binding/bound-store';

/** Allows the worker to re-encrypt the data keys of a table, and describes the table. Faults of the description are reported at synthesis. */
export function bindDynamoTable(scope: Construct, table: dynamodb.ITable, options: DynamoTableStoreOptions, worker: iam.IGrantable): BoundStore {
  const description = describeDynamoTable(table, options);
  scope.node.addValidation({ validate: () => dynamoTableProblems(description) });
  return { description, backupRetention: recoveryOf(table), permissions: grantReEncryption(table, worker) };
}

/** The table as the worker reads it. */
function describeDynamoTable(table: dynamodb.ITable, options: DynamoTableStoreOptions): DynamoTableDescription {
  return {
    kind: 'dynamodb-table',
    storeId: options.storeId ?? table.node.id,
    tableName: table.tableName,
    dataKeyAttribute: options.dataKeyAttribute,
    keyIdAttribute: options.keyIdAttribute,
    encryptionContext: Object.fromEntries(byName(options.encryptionContext ?? {}).map(([name, value]) => [name, value._description()])),
    shards: options.shards ?? 4,
  };
}

/** Why records cannot look like that; empty when they can. Whether the table has such items is found out before a rotation moves anything. */
function dynamoTableProblems(description: DynamoTableDescription): string[] {
  const { storeId, dataKeyAttribute, keyIdAttribute, encryptionContext, shards } = description;
  const where = `store ${storeId}`;
  const problems: string[] = [];
  const complain = (what: string, given: string, allowed: string, remedy: string) =>
    problems.push(describeProblem({ where, what, given, allowed, remedy }));

  if (Token.isUnresolved(storeId) || !STORE_ID.test(storeId)) {
    complain('storeId is not one that evidence can be kept under', JSON.stringify(storeId), '1 to 64 letters, digits, - and _', 'give the store a storeId');
  }
  const contextAttributes = Object.values(encryptionContext).flatMap((value) => (value.kind === 'attribute' ? [value.attribute] : []));
  const named = [dataKeyAttribute, ...(keyIdAttribute === undefined ? [] : [keyIdAttribute])];
  if ([...named, ...contextAttributes].includes('')) complain('an attribute has no name', '""', 'the name of an attribute', 'name it as it stands in the items');
  for (const attribute of named.filter((name) => contextAttributes.includes(name))) {
    complain('attribute is written by a rotation and is part of the encryption context', attribute, 'an attribute of its own', 'correct the attributes of this store');
  }
  if (keyIdAttribute === dataKeyAttribute) complain('keyIdAttribute is dataKeyAttribute', keyIdAttribute, 'an attribute of its own', 'correct the attributes of this store');
  return [...problems, ...numberProblems(`${where}, shards`, shards, STORE_SHARDS, 'a shard takes a worker some thousand records a minute: 4 are enough to begin with')];
}

/**
 * Exactly what re-encryption asks of a table.
 *
 * Where the table itself is encrypted under a key of the customer, DynamoDB asks on behalf of whoever reads and writes: through DynamoDB
 * only, the worker may use that key. It opens no data key with it, since no data key stands under it.
 */
function grantReEncryption(table: dynamodb.ITable, worker: iam.IGrantable): iam.Grant[] {
  const key = table.encryptionKey;
  const { region } = Stack.of(table);
  return [
    iam.Grant.addToPrincipal({
      grantee: worker,
      resourceArns: [table.tableArn],
      actions: ['dynamodb:DescribeTable', 'dynamodb:Scan', 'dynamodb:GetItem', 'dynamodb:UpdateItem'],
    }),
    ...(key === undefined ? [] : [iam.Grant.addToPrincipal({
      grantee: worker,
      resourceArns: [key.keyArn],
      actions: [...KeyActions.USE],
      conditions: { StringEquals: { 'kms:ViaService': `dynamodb.${region}.amazonaws.com` } },
    })]),
  ];
}

/** How far back the table can be recovered, where it says so itself: a table that was imported does not. */
function recoveryOf(table: dynamodb.ITable): Duration | undefined {
  const days = specificationsOf(table)
    .filter((specification) => specification?.pointInTimeRecoveryEnabled === true)
    .map((specification) => specification?.recoveryPeriodInDays ?? POINT_IN_TIME_RECOVERY_DAYS);
  return days.length === 0 ? undefined : Duration.days(Math.max(...days));
}

type RecoverySpecification = Partial<dynamodb.PointInTimeRecoverySpecification> | undefined;

function specificationsOf(table: dynamodb.ITable): RecoverySpecification[] {
  const resource = table.node.defaultChild;
  const resolve = (value: unknown): unknown => Stack.of(table).resolve(value);
  if (resource instanceof dynamodb.CfnTable) return [resolve(resource.pointInTimeRecoverySpecification) as RecoverySpecification];
  if (!(resource instanceof dynamodb.CfnGlobalTable)) return [];
  const replicas = resolve(resource.replicas) as { pointInTimeRecoverySpecification?: RecoverySpecification }[];
  return replicas.map(({ pointInTimeRecoverySpecification }) => pointInTimeRecoverySpecification);
}
