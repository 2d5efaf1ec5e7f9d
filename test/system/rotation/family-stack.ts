import { Duration, RemovalPolicy, Stack, type App } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { synthesize, type SynthesizedStack } from '../../../local/cloudformation/synthesize';
import {
  ContextValue,
  DataKeyStore,
  Deletion,
  KeyMaterialSource,
  RotatingKey,
  RotationSchedule,
  type RotatingKeyProps,
} from '../../../src/index';

export const ALIAS = 'alias/orders';
export const SECRET = 'orders/key-material';

/** The differences of a test from the usual stack. */
export interface FamilyStackOptions {
  readonly stackName?: string;
  readonly constructId?: string;
  readonly material?: 'aws-kms' | 'secret';
  /** The secret with the key material. @default SECRET */
  readonly secretName?: string;
  /** @default dataKey, where the application stores it */
  readonly dataKeyAttribute?: string;
  readonly props?: Partial<RotatingKeyProps>;
  /** Records per page of the worker. @default - so few that a handful takes several pages */
  readonly pageSize?: number;
  /** Changes the stack before it is synthesized. */
  readonly change?: (stack: Stack, key: RotatingKey, table: dynamodb.Table) => void;
}

/** A table of orders and a rotating key over it, with short periods. */
export function familyStack(options: FamilyStackOptions = {}): SynthesizedStack {
  const { stackName = 'Shop', constructId = 'Key', material = 'aws-kms', dataKeyAttribute = 'dataKey', props = {}, change } = options;
  const { secretName = SECRET } = options;
  return synthesize((app: App) => {
    const stack = new Stack(app, stackName);
    const table = new dynamodb.Table(stack, 'Orders', {
      partitionKey: { name: 'tenantId', type: dynamodb.AttributeType.STRING },
      sortKey: { name: 'orderId', type: dynamodb.AttributeType.STRING },
      billingMode: dynamodb.BillingMode.PAY_PER_REQUEST,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    const key = new RotatingKey(stack, constructId, {
      alias: ALIAS,
      users: [new iam.Role(stack, 'Service', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') })],
      ...(material === 'secret' && {
        material: KeyMaterialSource.secret(secretsmanager.Secret.fromSecretNameV2(stack, 'Material', secretName)),
      }),
      schedule: RotationSchedule.every(Duration.days(90)),
      dataKeyMaxAge: Duration.hours(1),
      firstRotationWatchPeriod: Duration.minutes(10),
      stores: [
        DataKeyStore.dynamoTable(table, {
          dataKeyAttribute,
          keyIdAttribute: 'kmsKeyId',
          encryptionContext: { tenant: ContextValue.attribute('tenantId'), purpose: ContextValue.literal('orders') },
          shards: 2,
        }),
      ],
      deletion: afterShortProof(),
      breakGlassRole: breakGlassRole(stack),
      ...props,
    });
    change?.(stack, key, table);
    return stack;
  });
}

/** A deletion with the shortest periods that are allowed. */
export function afterShortProof(): Deletion {
  return Deletion.afterProof({
    observationPeriod: Duration.days(1),
    soakPeriod: Duration.days(1),
    backupRetention: Duration.days(0),
    pendingWindow: Duration.days(7),
  });
}

/** The role of an administrator for emergencies, the only one besides the family's own that passes the gate. */
export function breakGlassRole(stack: Stack): iam.Role {
  const everything = new iam.PolicyStatement({ actions: ['*'], resources: ['*'] });
  return new iam.Role(stack, 'BreakGlass', {
    assumedBy: new iam.AccountRootPrincipal(),
    inlinePolicies: { Everything: new iam.PolicyDocument({ statements: [everything] }) },
  });
}
