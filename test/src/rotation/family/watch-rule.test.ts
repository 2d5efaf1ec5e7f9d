import type { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { aRotatingKey, familyOf, textOf } from '../../../support/a-rotating-key';
import { aStack, onlyResource } from '../../../support/a-stack';

let stack: Stack;
beforeEach(() => { stack = aStack(); });

test('the watch matches read-only calls that failed, and passes the complete record', () => {
  aRotatingKey(stack);
  const { roles } = familyOf(stack);
  const { Properties } = onlyResource(stack, 'AWS::Events::Rule');
  expect(Properties).toMatchObject({
    State: 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS',
    EventPattern: {
      'source': ['aws.kms'],
      'detail-type': ['AWS API Call via CloudTrail'],
      'detail': {
        eventName: [
          'Decrypt', 'Encrypt', 'ReEncrypt', 'GenerateDataKey', 'GenerateDataKeyWithoutPlaintext', 'GenerateDataKeyPair',
          'GenerateDataKeyPairWithoutPlaintext', 'CreateGrant',
        ],
        errorCode: ['AccessDenied', 'AccessDeniedException', 'DisabledException', 'IncorrectKeyException', 'KMSInvalidStateException'],
      },
    },
  });
  const [target] = Properties.Targets as unknown as { InputTransformer: { InputPathsMap: object; InputTemplate: object } }[];
  expect(target?.InputTransformer.InputPathsMap).toEqual({ detail: '$.detail' });
  const delivered = textOf(target?.InputTransformer.InputTemplate).replace('<detail>', '{"eventName":"Decrypt"}');
  expect(JSON.parse(delivered)).toEqual({ schema: 1, step: 'record-use', alias: 'alias/orders', roles, detail: { eventName: 'Decrypt' } });
});

test('a flood of failed calls uses two concurrent executions of the account at most, and reserves none', () => {
  aRotatingKey(stack);
  const { Properties: mapping } = onlyResource(stack, 'AWS::Lambda::EventSourceMapping');
  expect(mapping).toMatchObject({
    BatchSize: 10,
    FunctionResponseTypes: ['ReportBatchItemFailures'],
    ScalingConfig: { MaximumConcurrency: 2 },
  });
  const { Properties: queue } = onlyResource(stack, 'AWS::SQS::Queue');
  expect(queue).toMatchObject({ SqsManagedSseEnabled: true, VisibilityTimeout: 6 * 600, MessageRetentionPeriod: 14 * 86_400 });
  for (const { Properties } of Object.values(Template.fromStack(stack).findResources('AWS::Lambda::Function'))) {
    expect(Properties).not.toHaveProperty('ReservedConcurrentExecutions');
  }
});

test('only the rule of the watch may send to its queue, and every other access needs TLS', () => {
  aRotatingKey(stack);
  const { Properties } = onlyResource(stack, 'AWS::SQS::QueuePolicy');
  const { Statement } = Properties.PolicyDocument as { Statement: { Effect: string }[] };
  expect(Statement.filter(({ Effect }) => Effect === 'Allow')).toEqual([expect.objectContaining({
    Action: ['sqs:SendMessage', 'sqs:GetQueueAttributes', 'sqs:GetQueueUrl'],
    Principal: { Service: 'events.amazonaws.com' },
    Condition: { ArnEquals: { 'aws:SourceArn': { 'Fn::GetAtt': [expect.stringMatching(/^KeyWatchRule/), 'Arn'] } } },
  })]);
  expect(Statement.filter(({ Effect }) => Effect === 'Deny')).toEqual([
    expect.objectContaining({ Action: 'sqs:*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
  ]);
});
