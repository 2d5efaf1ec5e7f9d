import { Duration, Stack, Token } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import { type Construct } from 'constructs';
import { type DynamoTableStoreOptions } from './dynamo-table-options';
import { byName } from '../../contract/by-name';
import type { DynamoTableDescription } from '../../contract/stores/store-description';
import { POINT_IN_TIME_RECOVERY_DAYS, STORE_SHARDS } from '../../contract/stores/store-limits';
import { storeProblems } from '../../contract/stores/store-problems';
import { KeyActions } from '../../permissions/key-actions';
import { numberProblems } from '../../validation/in-range';
import { type BoundStore } from '../binding/bound-store';

/**
 * Allows the worker to re-encrypt the data keys of a table, and describes the table. Problems of the description are
 * reported at synthesis.
 */
export function bindDynamoTable(
  scope: Construct, table: dynamodb.ITable, options: DynamoTableStoreOptions, worker: iam.IGrantable,
): BoundStore {
  const description = describeDynamoTable(table, options);
  scope.node.addValidation({ validate: () => problemsAtSynthesis(description) });
  grantReEncryption(table, worker);
  return { description, backupRetention: recoveryOf(table) };
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

/**
 * The contract checks plain data. A number that is unknown at synthesis is reported here, because the contract knows no
 * tokens.
 */
function problemsAtSynthesis(description: DynamoTableDescription): string[] {
  const { storeId, shards } = description;
  if (!Token.isUnresolved(shards)) return storeProblems(description);
  return [
    ...numberProblems(`store ${storeId}, shards`, shards, STORE_SHARDS, 'use a literal'),
    ...storeProblems({ ...description, shards: STORE_SHARDS.min }),
  ];
}

/**
 * Grants exactly the requests that re-encryption sends to a table.
 *
 * If the table itself is encrypted under a customer managed key, DynamoDB uses that key with the permissions of its
 * caller. The worker may therefore use the key through DynamoDB only. It cannot decrypt a data key with it, because no
 * data key is encrypted under it.
 */
function grantReEncryption(table: dynamodb.ITable, worker: iam.IGrantable): void {
  const key = table.encryptionKey;
  const { region } = Stack.of(table);
  iam.Grant.addToPrincipal({
    grantee: worker,
    resourceArns: [table.tableArn],
    actions: ['dynamodb:DescribeTable', 'dynamodb:Scan', 'dynamodb:GetItem', 'dynamodb:UpdateItem'],
  });
  if (key === undefined) return;
  iam.Grant.addToPrincipal({
    grantee: worker,
    resourceArns: [key.keyArn],
    actions: [...KeyActions.USE],
    conditions: { StringEquals: { 'kms:ViaService': `dynamodb.${region}.amazonaws.com` } },
  });
}

/** How far back the table can be recovered. Unknown for a table that this app only refers to. */
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
