/**
 * A shop with a rotating key, in the variants that a stack has between its first deployment and its deletion. CDK
 * context selects the variant:
 *
 *     auditor          adds a user, and so a new revision of the key policy
 *     returns          adds a second table that stores data keys
 *     fail             adds a resource after the key that cannot be created, so that CloudFormation rolls back
 *     requestDeletion  CloudFormation requests the deletion of the rotating key when the stack is destroyed. By default
 *                      it makes no request, and all generations are retained
 *     stack            name of the stack, by default Shop
 *     adoptFrom        the owner from which the rotating key takes over its family
 *     alias            alias of the key, by default alias/shop
 *     key              `own`: a KMS key with an alias instead of a rotating key. An ARN: the rotating key adopts this
 *                      key as generation 0. By default the rotating key creates its first generation
 */
import { App, CfnResource, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { ContextValue, DataKeyStore, ExistingKey, RotatingKey } from '../../src/index';

const app = new App();
const context = (name: string): string | undefined => app.node.tryGetContext(name);
const stack = new Stack(app, context('stack') ?? 'Shop');
const alias = context('alias') ?? 'alias/shop';

const service = new iam.Role(stack, 'Service', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
const tables = [tableOf('Orders'), ...(context('returns') === undefined ? [] : [tableOf('Returns')])];
const key = context('key');

if (key === 'own') {
  const own = new kms.Key(stack, 'Key', { removalPolicy: RemovalPolicy.RETAIN });
  own.grantEncryptDecrypt(service);
  new kms.Alias(stack, 'Alias', { aliasName: alias, targetKey: own }).applyRemovalPolicy(RemovalPolicy.RETAIN);
} else {
  const rotating = new RotatingKey(stack, 'RotatingKey', {
    alias,
    users: [service],
    adoptFrom: context('adoptFrom'),
    startFrom: key === undefined ? undefined : ExistingKey.fromArn(key),
    stores: tables.map((table) => DataKeyStore.dynamoTable(table, {
      dataKeyAttribute: 'dataKey',
      keyIdAttribute: 'kmsKeyId',
      encryptionContext: { tenant: ContextValue.attribute('tenantId'), purpose: ContextValue.literal('orders') },
    })),
  });
  if (context('auditor') !== undefined) {
    rotating.grantEncryptDecrypt(new iam.Role(stack, 'Auditor', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') }));
  }
  if (context('fail') !== undefined) {
    new kms.CfnAlias(stack, 'Failing', {
      aliasName: 'alias/without-key', targetKeyId: '1234abcd-12ab-34cd-56ef-1234567890ab',
    }).node.addDependency(rotating);
  }
  if (context('requestDeletion') !== undefined) {
    (rotating.node.findChild('Resource').node.defaultChild as CfnResource).applyRemovalPolicy(RemovalPolicy.DESTROY);
  }
}

function tableOf(id: string): dynamodb.Table {
  return new dynamodb.Table(stack, id, {
    partitionKey: { name: 'tenantId', type: dynamodb.AttributeType.STRING },
    sortKey: { name: 'orderId', type: dynamodb.AttributeType.STRING },
    billingMode: dynamodb.BillingMode.PAY_PER_REQUEST,
    removalPolicy: RemovalPolicy.RETAIN,
  });
}
