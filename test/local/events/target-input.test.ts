import { App, Stack } from 'aws-cdk-lib';
import { CfnRule, EventField, Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import * as fc from 'fast-check';
import { targetInput, type TargetInput } from '../../../local/events/target-input';

const EVENT = {
  'id': 'event-1',
  'detail-type': 'AWS API Call via CloudTrail',
  'detail': { eventName: 'Encrypt', resources: [{ ARN: 'arn:key' }], errorCode: null },
};

type TransformerPaths = { readonly [name: string]: string };

/** Returns what the CDK synthesizes for an input. */
function synthesized(input: RuleTargetInput): TargetInput {
  const stack = new Stack(new App(), 'Stack');
  const rule = new Rule(stack, 'Rule', { eventPattern: { source: ['aws.kms'] } });
  rule.addTarget({ bind: () => ({ arn: 'arn:aws:lambda:eu-central-1:111122223333:function:f', input }) });
  const [target] = stack.resolve((rule.node.defaultChild as CfnRule).targets) as CfnRule.TargetProperty[];
  const { inputPathsMap, inputTemplate = '' } = (target?.inputTransformer ?? {}) as Partial<CfnRule.InputTransformerProperty>;
  return {
    Input: target?.input,
    InputPath: target?.inputPath,
    ...(target?.inputTransformer && {
      InputTransformer: { InputPathsMap: inputPathsMap as TransformerPaths, InputTemplate: inputTemplate },
    }),
  };
}

test.each<[string, RuleTargetInput | undefined, unknown]>([
  ['the whole event', undefined, EVENT],
  ['a part of the event', RuleTargetInput.fromEventPath('$.detail'), EVENT.detail],
  ['a constant', RuleTargetInput.fromObject({ step: 'reconcile' }), { step: 'reconcile' }],
  ['an object with parts of the event', RuleTargetInput.fromObject({
    schema: 1,
    step: 'record-use',
    alias: 'alias/orders',
    detail: EventField.fromPath('$.detail'),
    key: EventField.fromPath('$.detail.resources[0].ARN'),
    id: EventField.eventId,
    type: EventField.detailType,
    none: EventField.fromPath('$.detail.errorCode'),
    again: [EventField.eventId],
  }), {
    schema: 1,
    step: 'record-use',
    alias: 'alias/orders',
    detail: EVENT.detail,
    key: 'arn:key',
    id: 'event-1',
    type: 'AWS API Call via CloudTrail',
    none: null,
    again: ['event-1'],
  }],
  ['an object with texts that contain parts of the event',
    RuleTargetInput.fromObject({ text: `${EventField.fromPath('$.detail.eventName')} by "${EventField.eventId}"` }),
    { text: 'Encrypt by "event-1"' }],
  ['text', RuleTargetInput.fromText(`${EventField.fromPath('$.detail.eventName')} failed`), 'Encrypt failed'],
])('the input of a target is %s, as the CDK declares it', (_, input, expected) => {
  expect(targetInput(input === undefined ? {} : synthesized(input), EVENT)).toEqual(expected);
});

test('every value in an event reaches the target unchanged', () => {
  const input = synthesized(RuleTargetInput.fromObject({ detail: EventField.fromPath('$.detail') }));
  fc.assert(fc.property(fc.jsonValue(), (detail) => {
    expect(JSON.stringify(targetInput(input, { detail }))).toBe(JSON.stringify({ detail }));
  }));
});

test.each<[string, TargetInput, string]>([
  ['two inputs', { Input: '{}', InputPath: '$' }, 'more than one input is declared'],
  ['a path without a value', { InputPath: '$.detail.missing' }, 'event has no value at the path'],
  ['a path with a wildcard', { InputPath: '$.detail.*' }, 'path is not supported'],
  ['a predefined placeholder of AWS', { InputTransformer: { InputTemplate: '{"rule":<aws.events.rule-arn>}' } },
    'placeholder has no path in InputPathsMap'],
  ['a template that is not JSON', { InputTransformer: { InputPathsMap: { id: '$.id' }, InputTemplate: 'event <id>' } },
    'template is not JSON after its placeholders are replaced'],
])('%s is rejected', (_, input, message) => {
  expect(() => targetInput(input, EVENT)).toThrow(message);
});
