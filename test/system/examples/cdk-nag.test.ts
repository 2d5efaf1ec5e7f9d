import { App, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import {
  ExistingKey, KeyMaterialSource, RotatingKey, SecretEncoding,
} from '../../../src/index';
import { buildExample } from '../../support/build-example';
import { runCdkNag } from '../../support/cdk-nag';
import { EXAMPLES } from '../../support/examples';

// The grants of the CDK add an inline policy to a role. An app that must not have inline policies changes all its roles
// at once.
const roleOf = (role: string): string => `${role}/DefaultPolicy/Resource NIST.800.53.R5-IAMNoInlinePolicy`;

// Its backups are those of point-in-time recovery, which cover the 35 days that the example
// declares as backupRetention.
const tableOf = (table: string): string => `${table}/Resource NIST.800.53.R5-DynamoDBInBackupPlan`;

/** The findings in an example that concern resources of the user, and not this library. */
const LEFT_TO_USERS: { readonly [example: string]: string[] } = {
  'keys': [roleOf('KeyKindsStack/Checkout'), roleOf('KeyKindsStack/Delivery'), roleOf('KeyKindsStack/Office')],
  'orders': [tableOf('OrdersStack/Orders'), roleOf('OrdersStack/Service')],
  'orders-byok': [tableOf('OrdersByokStack/Orders'), roleOf('OrdersByokStack/Service')],
};

describe.each(EXAMPLES)('cdk-nag over examples/%s, with the packs AwsSolutions and NIST 800-53 R5', (example) => {
  const app = new App({ analyticsReporting: false });
  const stacks = buildExample(example, app);
  const report = runCdkNag(app);

  test('finds nothing in the resources of this library', () => {
    expect(stacks).not.toEqual([]);
    expect(report.findings).toEqual(LEFT_TO_USERS[example] ?? []);
  });

  test('every suppression is used', () => {
    expect(report.unused).toEqual([]);
  });

  test('every suppression has a reason, in a sentence', () => {
    expect(report.used.filter(({ reason }) => reason.split(' ').length < 8 || !reason.endsWith('.'))).toEqual([]);
  });
});

test('cdk-nag finds nothing in a rotating key with every optional resource given by the user, with fewer suppressions', () => {
  const app = new App({ analyticsReporting: false });
  const stack = new Stack(app, 'Stack');
  new RotatingKey(stack, 'Key', {
    alias: 'alias/orders',
    vpc: ec2.Vpc.fromVpcAttributes(stack, 'Network', { vpcId: 'vpc-1', availabilityZones: ['a'], privateSubnetIds: ['subnet-1'] }),
    logGroup: logs.LogGroup.fromLogGroupName(stack, 'Log', 'keys'),
    evidenceBucket: s3.Bucket.fromBucketName(stack, 'Evidence', 'evidence'),
    startFrom: ExistingKey.fromArn('arn:aws:kms:eu-central-1:111122223333:key/0987dcba-09fe-87dc-65ba-ab0987654321'),
    adoptFrom: 'Other/Key',
  });
  const { findings, used, unused } = runCdkNag(app);
  expect(findings).toEqual([]);
  expect(unused).toEqual([]);
  expect([...new Set(used.map(({ rule }) => rule))].sort()).toEqual([
    'AwsSolutions-IAM4', 'AwsSolutions-IAM5', 'AwsSolutions-SF1', 'AwsSolutions-SF2', 'AwsSolutions-SQS3',
    'NIST.800.53.R5-IAMNoInlinePolicy', 'NIST.800.53.R5-LambdaConcurrency', 'NIST.800.53.R5-LambdaDLQ',
  ]);
});

test('cdk-nag still finds the statements that a source of key material adds to a role of this library', () => {
  const app = new App({ analyticsReporting: false });
  const stack = new Stack(app, 'Stack');
  const secretArn = 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:bytes';
  const wideSource = KeyMaterialSource.secret(secretsmanager.Secret.fromSecretPartialArn(stack, 'Secret', secretArn));
  wideSource._bind = (_, importer) => {
    const grant = iam.Grant.addToPrincipal({ grantee: importer, actions: ['secretsmanager:GetSecretValue'], resourceArns: ['*'] });
    return { secretArn, encoding: SecretEncoding.BINARY, permissions: [grant], problems: [] };
  };
  new RotatingKey(stack, 'Key', { alias: 'alias/orders', material: wideSource });
  expect(runCdkNag(app).findings).toEqual(['Stack/Key/Functions/Control/Role/DefaultPolicy/Resource AwsSolutions-IAM5[Resource::*]']);
});

test('cdk-nag still finds a bucket of another stack in the same app', () => {
  const app = new App({ analyticsReporting: false });
  buildExample('orders', app);
  new s3.Bucket(new Stack(app, 'Theirs'), 'Bucket');
  expect(runCdkNag(app).findings).toContain('Theirs/Bucket/Resource AwsSolutions-S10');
});
