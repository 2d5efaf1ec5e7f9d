/**
 * A shop whose key is rotated, in the shapes that a stack has in its life. What is said as context is there, and what is not is not:
 *
 *     auditor    one more user: another revision of the key policy
 *     returns    a second table that stores data keys
 *     doomed     something that comes after the key and cannot be made, so that the deployment is taken back
 *     ask        whoever destroys the stack asks the rotating key what becomes of its generations: as it is, nobody asks, and all are retained
 *     stack      another name than Shop
 *     alias      another one than alias/shop
 *     key        `own`: a KMS key with an alias, as people have it today. An ARN: that key, taken over by the rotating key
 *                as its generation 0. Neither: a rotating key from the beginning
 */
import { App, CfnResource, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { ContextValue, DataKeyStore, ExistingKey, RotatingKey } from '../../src/index';

const app = new App();
const said = (name: string): string | undefined => app.node.tryGetContext(name);
const stack = new Stack(app, said('stack') ?? 'Shop');
const alias = said('alias') ?? 'alias/shop';

const service = new iam.Role(stack, 'Service', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
const tables = [tableOf('Orders'), ...(said('returns') === undefined ? [] : [tableOf('Returns')])];
const key = said('key');

if (key === 'own') {
  const own = new kms.Key(stack, 'Key', { removalPolicy: RemovalPolicy.RETAIN });
  new kms.Alias(stack, 'Alias', { aliasName: alias, targetKey: own }).applyRemovalPolicy(RemovalPolicy.RETAIN);
} else {
  const rotating = new RotatingKey(stack, 'RotatingKey', {
    alias,
    users: [service],
    startFrom: key === undefined ? undefined : ExistingKey.fromArn(key),
    stores: tables.map((table) => DataKeyStore.dynamoTable(table, {
      dataKeyAttribute: 'dataKey',
      keyIdAttribute: 'kmsKeyId',
      encryptionContext: { tenant: ContextValue.attribute('tenantId'), purpose: ContextValue.literal('orders') },
    })),
  });
  if (said('auditor') !== undefined) {
    rotating.grantEncryptDecrypt(new iam.Role(stack, 'Auditor', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') }));
  }
  if (said('doomed') !== undefined) {
    new kms.CfnAlias(stack, 'Doomed', { aliasName: 'alias/of-no-key', targetKeyId: '1234abcd-12ab-34cd-56ef-1234567890ab' }).node.addDependency(rotating);
  }
  if (said('ask') !== undefined) (rotating.node.findChild('Resource').node.defaultChild as CfnResource).applyRemovalPolicy(RemovalPolicy.DESTROY);
}

function tableOf(id: string): dynamodb.Table {
  return new dynamodb.Table(stack, id, {
    partitionKey: { name: 'tenantId', type: dynamodb.AttributeType.STRING },
    sortKey: { name: 'orderId', type: dynamodb.AttributeType.STRING },
    billingMode: dynamodb.BillingMode.PAY_PER_REQUEST,
    removalPolicy: RemovalPolicy.RETAIN,
  });
}
