import { Lazy, Stack, Token } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import { type Construct } from 'constructs';
import { attributeNameProblems, warnOfExpressions } from './attribute-names';
import { type DynamoTableStoreOptions } from './dynamo-table-options';
import { sharingProblems } from './sharing-problems';
import { declareStore, othersOf, type StoreOfApp } from './stores-of-app';
import { recoveryOf } from './table-recovery';
import { schemaProblems } from './table-schema';
import { byName } from '../../contract/by-name';
import { contextsOf } from '../../contract/stores/store-attributes';
import type { DynamoTableDescription } from '../../contract/stores/store-description';
import { STORE_SHARDS } from '../../contract/stores/store-limits';
import { storeProblems } from '../../contract/stores/store-problems';
import { KeyActions } from '../../permissions/key-actions';
import { numberProblems } from '../../validation/in-range';
import { contextNameProblems } from '../../validation/kms-text';
import { requireSameEnvironment } from '../../validation/same-environment';
import { type BoundStore } from '../binding/bound-store';
import { type ContextValue } from '../formats/context-value';
import { ForeignRecords } from '../formats/foreign-records';

/**
 * Allows the worker to re-encrypt the data keys of a table, and describes the table. Problems of the description are
 * reported at synthesis.
 *
 * The worker opens the table by its name in its own account and Region. For a table of another one it would read
 * another table of that name, or none, and a certificate would report no record.
 */
export function bindDynamoTable(
  scope: Construct, table: dynamodb.ITable, options: DynamoTableStoreOptions, worker: iam.IGrantable,
): BoundStore {
  requireSameEnvironment(scope, {
    where: `${scope.node.path}, stores`, what: `table ${table.node.path}`, arn: table.tableArn, env: table.env,
  });
  const description = describeDynamoTable(table, options, () => othersOf(declared).length > 0);
  const declared: StoreOfApp = { owner: scope, table, description };
  declareStore(declared);
  scope.node.addValidation({
    validate: () => [
      ...problemsAtSynthesis(description),
      ...attributeNameProblems(description),
      ...schemaProblems(table, description),
      ...contextsOf(description).flatMap(([property, context]) =>
        contextNameProblems(`store ${description.storeId}, ${property}`, context)),
      ...sharingProblems(declared, options.foreignRecords),
    ],
  });
  warnOfExpressions(scope, description);
  grantReEncryption(table, worker);
  return { description, backupRetention: () => recoveryOf(table) };
}

type Context = { readonly [name: string]: ContextValue };

/**
 * The table as the worker reads it. Whether another rotating key declares the same attribute is known only after the
 * whole app is built.
 */
function describeDynamoTable(table: dynamodb.ITable, options: DynamoTableStoreOptions, isShared: () => boolean): DynamoTableDescription {
  const contextOf = (context: Context) => Object.fromEntries(byName(context).map(([name, value]) => [name, value._description()]));
  // Not cached: an early `resolve` in the app of a user could not know later declarations.
  const ofTheApp = Lazy.uncachedString({ produce: () => (isShared() ? ForeignRecords.SKIP : ForeignRecords.QUARANTINE) });
  return {
    kind: 'dynamodb-table',
    storeId: options.storeId ?? table.node.id,
    tableName: table.tableName,
    tableArn: table.tableArn,
    dataKeyAttribute: options.dataKeyAttribute,
    keyIdAttribute: options.keyIdAttribute,
    encryptionContext: contextOf(options.encryptionContext ?? {}),
    formerEncryptionContexts: options.formerEncryptionContexts?.map(contextOf),
    foreignRecords: options.foreignRecords ?? ofTheApp as ForeignRecords,
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
  // The key decides where the permission must be: a key policy may delegate nothing to IAM.
  key.grant(new ThroughService(worker, `dynamodb.${region}.amazonaws.com`), ...KeyActions.USE);
}

/** A principal that may use a key through one service only, wherever its permission is written. */
class ThroughService extends iam.PrincipalWithConditions {
  private readonly through: iam.Conditions;

  public constructor({ grantPrincipal }: iam.IGrantable, service: string) {
    const through = { StringEquals: { 'kms:ViaService': service } };
    super(grantPrincipal, through);
    this.through = through;
  }

  public override addToPrincipalPolicy(statement: iam.PolicyStatement): iam.AddToPrincipalPolicyResult {
    return super.addToPrincipalPolicy(statement.copy({ conditions: this.through }));
  }
}
