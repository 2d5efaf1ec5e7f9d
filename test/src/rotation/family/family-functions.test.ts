import type { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { DataKeyStore, KeyMaterialSource } from '../../../../src/index';
import { generationsCondition } from '../../../../src/rotation/family/generations-condition';
import { aRotatingKey, aTable, rightsOf, statementsOf, textOf } from '../../../support/a-rotating-key';
import { aSecret, aStack, onlyResource } from '../../../support/a-stack';


let stack: Stack;
beforeEach(() => { stack = aStack(); });

const KMS = 'arn:<AWS::Partition>:kms:eu-central-1:111122223333';
const CONTROL = /^KeyFunctionsControlRole.{8}$/;
const WORKER = /^KeyFunctionsWorkerRole.{8}$/;
const RETIREMENT = /^KeyFunctionsRetirementRole.{8}$/;

/** Logical ids without the eight characters that the CDK appends. */
function rights(role: RegExp): string[] {
  const { logicalId } = onlyResource(stack, 'Custom::RotatingKey');
  return rightsOf(stack, role).map((line) =>
    line.replaceAll(`Stack/${logicalId}`, '<OWNER>').replace(/<(\w+?)[0-9A-F]{8}(\.\w+)?>/g, '<$1$2>'));
}

const NEW_KEY = {
  'aws:RequestTag/cdk-kms-lifecycle:family': 'alias/orders',
  'aws:RequestTag/cdk-kms-lifecycle:owner': '<OWNER>',
  'aws:RequestTag/cdk-kms-lifecycle:state': 'unclaimed',
  'aws:RequestTag/cdk-kms-lifecycle:phase': 'next',
};
const ofThisOwner = () => {
  const { StringEquals, ...byAlias } = generationsCondition('alias/orders');
  return { ...byAlias, StringEquals: { ...StringEquals as object, 'aws:ResourceTag/cdk-kms-lifecycle:owner': '<OWNER>' } };
};

const control = (origin: 'AWS_KMS' | 'EXTERNAL') => [
  'Allow logs:CreateLogStream logs:PutLogEvents on <KeyFunctionsLog.Arn>',
  `Allow kms:CreateKey on * if ${JSON.stringify({
    StringEquals: { 'kms:KeySpec': 'SYMMETRIC_DEFAULT', 'kms:KeyUsage': 'ENCRYPT_DECRYPT', 'kms:KeyOrigin': origin, ...NEW_KEY },
    BoolIfExists: { 'kms:BypassPolicyLockoutSafetyCheck': 'false', 'kms:MultiRegion': 'false' },
  })}`,
  `Allow kms:TagResource on ${KMS}:key/* if ${JSON.stringify({
    StringEquals: NEW_KEY, Null: { 'aws:ResourceTag/cdk-kms-lifecycle:family': 'true' },
  })}`,
  'Allow kms:ListKeys kms:ListAliases on *',
  `Allow kms:ListResourceTags on ${KMS}:key/*`,
  `Allow kms:CreateAlias kms:UpdateAlias kms:DeleteAlias on ${KMS}:alias/orders ${KMS}:alias/orders/*`,
  `Allow kms:DescribeKey kms:CancelKeyDeletion on ${KMS}:key/* if {"StringEquals":{"aws:ResourceTag/cdk-kms-lifecycle:family":"alias/orders"}}`,
  `Allow kms:DescribeKey kms:GetKeyPolicy kms:PutKeyPolicy on ${KMS}:key/* if ${JSON.stringify(ofThisOwner())}`,
  'Allow s3:ListBucket on <KeyEvidence.Arn>',
  'Allow s3:GetObject on <KeyEvidence.Arn>/runs/* <KeyEvidence.Arn>/watch/* <KeyEvidence.Arn>/certificates/* <KeyEvidence.Arn>/adoptions/* '
  + '<KeyEvidence.Arn>/stores/* <KeyEvidence.Arn>/generations/* <KeyEvidence.Arn>/deployments/*',
  'Allow s3:PutObject on <KeyEvidence.Arn>/adoptions/* <KeyEvidence.Arn>/stores/* <KeyEvidence.Arn>/generations/* <KeyEvidence.Arn>/deployments/*',
];
const start = 'Allow states:StartExecution states:ListExecutions on <KeyRotation> <KeyRetirement>';

describe('the roles have exactly these permissions', () => {
  test('control: create, tag and name generations of this family, and start what is due', () => {
    aRotatingKey(stack);
    expect(rights(CONTROL)).toEqual([...control('AWS_KMS'), start]);
  });

  test('control, with your key material: also read and label its version', () => {
    aRotatingKey(stack, { material: KeyMaterialSource.secret(aSecret(stack)) });
    expect(rights(CONTROL)).toEqual([
      ...control('EXTERNAL'),
      'Allow secretsmanager:GetSecretValue secretsmanager:DescribeSecret '
      + 'on arn:aws:secretsmanager:eu-central-1:111122223333:secret:bytes-AbCdEf',
      'Allow secretsmanager:UpdateSecretVersionStage on arn:aws:secretsmanager:eu-central-1:111122223333:secret:bytes-AbCdEf '
      + 'if {"ForAnyValue:StringLike":{"secretsmanager:VersionStage":"cdk-kms-lifecycle/*"}}',
      start,
    ]);
  });

  test('worker: read and update items of the declared tables, and write evidence', () => {
    aRotatingKey(stack);
    expect(rights(WORKER)).toEqual([
      'Allow logs:CreateLogStream logs:PutLogEvents on <KeyFunctionsLog.Arn>',
      'Allow s3:ListBucket on <KeyEvidence.Arn>',
      'Allow s3:GetObject on <KeyEvidence.Arn>/runs/*',
      'Allow s3:PutObject on <KeyEvidence.Arn>/runs/*',
      'Allow dynamodb:DescribeTable dynamodb:Scan dynamodb:GetItem dynamodb:UpdateItem on <Orders.Arn>',
    ]);
  });

  test('retirement: list aliases, and write evidence and certificates', () => {
    aRotatingKey(stack);
    expect(rights(RETIREMENT)).toEqual([
      'Allow logs:CreateLogStream logs:PutLogEvents on <KeyFunctionsLog.Arn>',
      'Allow kms:ListAliases on *',
      'Allow sqs:ReceiveMessage sqs:DeleteMessage sqs:GetQueueAttributes on <KeyFunctionsWatchQueue.Arn>',
      'Allow s3:ListBucket on <KeyEvidence.Arn>',
      'Allow s3:GetObject on <KeyEvidence.Arn>/runs/* <KeyEvidence.Arn>/watch/* <KeyEvidence.Arn>/certificates/* <KeyEvidence.Arn>/stores/*',
      'Allow s3:PutObject on <KeyEvidence.Arn>/watch/* <KeyEvidence.Arn>/certificates/*',
    ]);
  });

  test('the schedules: invoke the control function and the worker', () => {
    aRotatingKey(stack);
    expect(rights(/^KeyReconcileRole/)).toEqual([
      'Allow lambda:InvokeFunction on <KeyFunctionsControlHandler.Arn> <KeyFunctionsWorkerHandler.Arn>',
    ]);
  });
});

test('the IAM policy of the worker has no KMS statement: only the key policies of generations allow its calls', () => {
  aRotatingKey(stack);
  expect(JSON.stringify(statementsOf(stack, WORKER))).not.toContain('kms:');
});

test('if a table is encrypted under another customer managed key, the worker uses that key through DynamoDB only', () => {
  const encryptionKey = new kms.Key(stack, 'TableKey');
  aRotatingKey(stack, { stores: [DataKeyStore.dynamoTable(aTable(stack, 'Orders', { encryptionKey }), { dataKeyAttribute: 'dataKey' })] });
  const aboutKms = statementsOf(stack, WORKER).filter(({ Action }) => JSON.stringify(Action).includes('kms:'));
  expect(aboutKms).toEqual([{
    Effect: 'Allow',
    Action: [
      'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey', 'kms:GenerateDataKeyWithoutPlaintext', 'kms:GenerateDataKeyPair',
      'kms:GenerateDataKeyPairWithoutPlaintext', 'kms:Decrypt', 'kms:ReEncryptFrom', 'kms:ReEncryptTo',
    ],
    Resource: stack.resolve(encryptionKey.keyArn) as unknown,
    Condition: { StringEquals: { 'kms:ViaService': 'dynamodb.eu-central-1.amazonaws.com' } },
  }]);
});

test('only Lambda and EventBridge Scheduler can assume these roles', () => {
  aRotatingKey(stack, { material: KeyMaterialSource.secret(new secretsmanager.Secret(stack, 'Bytes')) });
  const trusted = (role: RegExp) => JSON.stringify(onlyRole(role).Properties.AssumeRolePolicyDocument);
  for (const role of [CONTROL, WORKER, RETIREMENT]) expect(trusted(role)).toContain('"Principal":{"Service":"lambda.amazonaws.com"}');
  expect(trusted(/^KeyReconcileRole/)).toContain('"Condition":{"StringEquals":{"aws:SourceAccount":"111122223333"}}');
});

test('in a VPC, the roles may also manage network interfaces, and write no other log', () => {
  aRotatingKey(stack, {
    vpc: ec2.Vpc.fromVpcAttributes(stack, 'Vpc', { vpcId: 'vpc-1', availabilityZones: ['a'], privateSubnetIds: ['subnet-1'] }),
  });
  for (const role of [CONTROL, WORKER, RETIREMENT]) {
    expect(JSON.stringify(onlyRole(role).Properties.ManagedPolicyArns)).toMatch(
      /^\[[^[]*\[[^[]*\[[^[]*service-role\/AWSLambdaENIManagementAccess"\]\]\}\]$/,
    );
  }
});

describe('the functions', () => {
  const functions = () =>
    Object.values(Template.fromStack(stack).findResources('AWS::Lambda::Function')) as { Properties: Record<string, unknown> }[];

  test('run the packaged bundles, and their only environment variable is the evidence bucket', () => {
    aRotatingKey(stack);
    const bucket = { Ref: onlyResource(stack, 'AWS::S3::Bucket').logicalId };
    const shipped = {
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Architectures: ['arm64'],
      Environment: { Variables: { EVIDENCE_BUCKET: bucket } },
    };
    expect(functions().map(({ Properties }) => Properties)).toEqual([
      expect.objectContaining({ ...shipped, Timeout: 840, MemorySize: 512 }),
      expect.objectContaining({ ...shipped, Timeout: 900, MemorySize: 1024 }),
      expect.objectContaining({ ...shipped, Timeout: 600, MemorySize: 512 }),
    ]);
  });

  test('write to one log group that keeps entries for a year', () => {
    aRotatingKey(stack);
    const { logicalId, Properties } = onlyResource(stack, 'AWS::Logs::LogGroup');
    expect(Properties).toMatchObject({ RetentionInDays: 365 });
    expect(functions().map((each) => each.Properties.LoggingConfig)).toEqual(
      Array.from({ length: 3 }, () => ({ LogGroup: { Ref: logicalId } })),
    );
  });

  test('share a log group whose name is covered by one statement for all state machines of the account', () => {
    aRotatingKey(stack);
    aRotatingKey(stack, { alias: 'alias/invoices', stores: [] }, 'Invoices');
    const names = Object.values(Template.fromStack(stack).findResources('AWS::Logs::LogGroup'))
      .map(({ Properties }) => textOf((Properties as { LogGroupName: unknown }).LogGroupName));
    expect(new Set(names).size).toBe(2);
    for (const name of names) expect(name).toMatch(/^\/aws\/vendedlogs\/states\/cdk-kms-lifecycle\/<AWS::StackName>\/[\w-]+$/);
  });

  test('run on the processor of your choice', () => {
    aRotatingKey(stack, { architecture: lambda.Architecture.X86_64 });
    expect(functions().map((each) => each.Properties.Architectures)).toEqual([['x86_64'], ['x86_64'], ['x86_64']]);
  });

  test('write to your log group, if you pass one', () => {
    aRotatingKey(stack, { logGroup: new logs.LogGroup(stack, 'Mine') });
    const { logicalId } = onlyResource(stack, 'AWS::Logs::LogGroup');
    expect(logicalId).toMatch(/^Mine/);
    const loggingConfigs = functions().map((each) => each.Properties.LoggingConfig);
    expect(loggingConfigs).toEqual(Array.from({ length: 3 }, () => ({ LogGroup: { Ref: logicalId } })));
  });

  test('run in your VPC, in one security group without inbound rules', () => {
    aRotatingKey(stack, {
      vpc: ec2.Vpc.fromVpcAttributes(stack, 'Vpc', { vpcId: 'vpc-1', availabilityZones: ['a'], privateSubnetIds: ['subnet-1'] }),
    });
    const group = onlyResource(stack, 'AWS::EC2::SecurityGroup');
    expect(group.Properties).not.toHaveProperty('SecurityGroupIngress');
    const configuration = { SubnetIds: ['subnet-1'], SecurityGroupIds: [{ 'Fn::GetAtt': [group.logicalId, 'GroupId'] }] };
    expect(functions().map(({ Properties }) => Properties.VpcConfig)).toEqual([configuration, configuration, configuration]);
  });
});

function onlyRole(pattern: RegExp): { Properties: Record<string, unknown> } {
  const roles = Object.entries(Template.fromStack(stack).findResources('AWS::IAM::Role')).filter(([logicalId]) => pattern.test(logicalId));
  expect(roles).toHaveLength(1);
  return roles[0]?.[1] as unknown as { Properties: Record<string, unknown> };
}

test('an event for the control function is dropped once CloudFormation no longer waits', () => {
  aRotatingKey(stack);
  const configs = Object.values(Template.fromStack(stack).findResources('AWS::Lambda::EventInvokeConfig'));
  expect(configs.map(({ Properties }) => Properties as object)).toEqual([
    { FunctionName: { Ref: expect.stringMatching(/^KeyFunctionsControlHandler/) }, MaximumEventAgeInSeconds: 900, Qualifier: '$LATEST' },
  ]);
});
