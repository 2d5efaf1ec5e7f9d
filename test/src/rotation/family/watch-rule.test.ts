import type { Stack } from 'aws-cdk-lib';
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
        errorCode: ['AccessDenied', 'AccessDeniedException', 'DisabledException', 'IncorrectKeyException', 'KMSInvalidStateException'],
      },
    },
  });
  const [target] = Properties.Targets as unknown as { InputTransformer: { InputPathsMap: object; InputTemplate: object } }[];
  expect(target?.InputTransformer.InputPathsMap).toEqual({ detail: '$.detail' });
  const delivered = textOf(target?.InputTransformer.InputTemplate).replace('<detail>', '{"eventName":"Decrypt"}');
  expect(JSON.parse(delivered)).toEqual({ schema: 1, step: 'record-use', alias: 'alias/orders', roles, detail: { eventName: 'Decrypt' } });
});
