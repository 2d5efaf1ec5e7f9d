import { Duration, RemovalPolicy, Stack, type CfnResource } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { synthesize, type SynthesizedStack } from '../../local/cloudformation/synthesize';
import {
  ContextValue, DataKeyStore, Deletion, KeyMaterialSource, OnUse, RotatingKey, RotationSchedule, type ReleasedStore,
} from '../../src/index';
import type { DeletionShape, Shape } from '../life/shape';

export const ALIAS = 'alias/orders';
export const SECRET = 'orders/key-material';
export const FAMILY_STACK = 'Shop';
/** How the attribute of the data key is misspelled. */
export const MISSPELLED = 'dataKye';

/** What a deployment of the stack with the rotating key declares, beside the shape of the world. */
export interface Declared {
  readonly constructId: string;
  readonly adoptFrom?: string;
  readonly paused: boolean;
  /** Whether `deletion` is declared, if the shape has one. */
  readonly deletes: boolean;
  /** How many users the key has beside the application. */
  readonly users: number;
  /** The number of the store that is not declared. */
  readonly removed?: number;
  /** The number of the store whose attribute is misspelled. */
  readonly misspelled?: number;
  readonly released: readonly ReleasedStore[];
  /** A resource after the key cannot be created, so that the deployment is rolled back. */
  readonly fails: boolean;
}

/** The tables and the role of the application, in a stack of their own: they stay when the key's stack is destroyed. */
export function dataStack({ stores }: Shape): SynthesizedStack {
  return synthesize((app) => {
    const stack = new Stack(app, 'Data');
    for (let store = 0; store < stores; store++) {
      new dynamodb.Table(stack, `Orders${store}`, {
        partitionKey: { name: 'tenantId', type: dynamodb.AttributeType.STRING },
        sortKey: { name: 'orderId', type: dynamodb.AttributeType.STRING },
        billingMode: dynamodb.BillingMode.PAY_PER_REQUEST,
        removalPolicy: RemovalPolicy.RETAIN,
      });
    }
    new iam.Role(stack, 'Service', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
    return stack;
  });
}

export function familyStack(shape: Shape, declared: Declared, tableNames: readonly string[], applicationRole: string): SynthesizedStack {
  return synthesize((app) => {
    const stack = new Stack(app, FAMILY_STACK);
    const key = new RotatingKey(stack, declared.constructId, {
      alias: ALIAS,
      users: [iam.Role.fromRoleArn(stack, 'Application', applicationRole), ...auditors(stack, declared.users)],
      ...(shape.material === 'secret' && {
        material: KeyMaterialSource.secret(secretsmanager.Secret.fromSecretNameV2(stack, 'Material', SECRET)),
      }),
      schedule: RotationSchedule.every(Duration.days(shape.rotationDays)),
      propagationDelay: Duration.minutes(shape.propagationMinutes),
      firstRotationWatchPeriod: Duration.hours(shape.firstWatchHours),
      dataKeyMaxAge: Duration.hours(shape.dataKeyMaxAgeHours),
      stores: tableNames.flatMap((tableName, store) =>
        (declared.removed === store ? [] : [storeOf(stack, tableName, store, declared.misspelled === store ? MISSPELLED : 'dataKey')])),
      releasedStores: [...declared.released],
      deletion: shape.deletion && declared.deletes ? deletionOf(shape.deletion) : undefined,
      paused: declared.paused,
      adoptFrom: declared.adoptFrom,
    });
    if (declared.fails) addDoomedResource(stack, key);
    return stack;
  });
}

function auditors(stack: Stack, count: number): iam.Role[] {
  return Array.from({ length: count }, (_, number) =>
    new iam.Role(stack, `Auditor${number}`, { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') }));
}

function storeOf(stack: Stack, tableName: string, store: number, dataKeyAttribute: string): DataKeyStore {
  return DataKeyStore.dynamoTable(dynamodb.Table.fromTableName(stack, `Orders${store}`, tableName), {
    dataKeyAttribute,
    keyIdAttribute: store === 0 ? 'kmsKeyId' : undefined,
    encryptionContext: { tenant: ContextValue.attribute('tenantId'), purpose: ContextValue.literal('orders') },
    shards: store + 1,
  });
}

function deletionOf({ observationDays, soakDays, backupRetentionDays, pendingWindowDays, onUse }: DeletionShape): Deletion {
  return Deletion.afterProof({
    observationPeriod: Duration.days(observationDays),
    soakPeriod: Duration.days(soakDays),
    backupRetention: Duration.days(backupRetentionDays),
    pendingWindow: Duration.days(pendingWindowDays),
    onUse: onUse === 'hold' ? OnUse.HOLD : OnUse.START_OVER,
  });
}

/** An alias of a key that does not exist. */
function addDoomedResource(stack: Stack, key: RotatingKey): void {
  const doomed = new kms.CfnAlias(stack, 'Doomed', { aliasName: 'alias/of-no-key', targetKeyId: '1234abcd-12ab-34cd-56ef-1234567890ab' });
  doomed.addDependency(key.node.findChild('Resource').node.defaultChild as CfnResource);
}
