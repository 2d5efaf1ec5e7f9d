import { RemovalPolicy, Stack, type CfnResource } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { ALIAS, type FamilyStackOptions } from './family-stack';
import { synthesize, type SynthesizedStack } from '../../../local/cloudformation/synthesize';
import type { RotatingKey } from '../../../src/index';

/** Changes a stack with a rotating key before it is synthesized. */
export type Change = NonNullable<FamilyStackOptions['change']>;

/** The stack before the rotating key is added: the table of orders, and what `also` adds. */
export function stackBefore(also: (stack: Stack) => void = () => undefined): SynthesizedStack {
  return synthesize((app) => {
    const stack = new Stack(app, 'Shop');
    new dynamodb.Table(stack, 'Orders', {
      partitionKey: { name: 'tenantId', type: dynamodb.AttributeType.STRING },
      sortKey: { name: 'orderId', type: dynamodb.AttributeType.STRING },
      billingMode: dynamodb.BillingMode.PAY_PER_REQUEST,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    also(stack);
    return stack;
  });
}

/** A usual key with an alias, both with removal policy RETAIN. */
export function plainKey(stack: Stack): void {
  const key = new kms.Key(stack, 'OldKey', { removalPolicy: RemovalPolicy.RETAIN });
  new kms.Alias(stack, 'OldAlias', { aliasName: ALIAS, targetKey: key }).applyRemovalPolicy(RemovalPolicy.RETAIN);
}

/** Another user, and so another revision of the key policy. */
export const addUser: Change = (stack, key) => {
  key.grantEncryptDecrypt(new iam.Role(stack, 'Auditor', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') }));
};

/** A resource after the rotating key that cannot be created: the deployment fails and is rolled back. */
export const failAfterwards: Change = (stack, key) => {
  new kms.CfnAlias(stack, 'Doomed', { aliasName: 'alias/of-no-key', targetKeyId: '1234abcd-12ab-34cd-56ef-1234567890ab' }).addDependency(
    resourceOf(key),
  );
};

/** Removal policy DESTROY, with which CloudFormation sends a Delete event. By default it sends none. */
export const requestDeletion: Change = (_, key) => resourceOf(key).applyRemovalPolicy(RemovalPolicy.DESTROY);

function resourceOf(key: RotatingKey): CfnResource {
  return key.node.findChild('Resource').node.defaultChild as CfnResource;
}
