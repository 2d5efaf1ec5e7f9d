import { App, Stack } from 'aws-cdk-lib';
import { CfnRule, EventField, Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import * as fc from 'fast-check';
import { targetInput, type TargetInput } from '../../../local/events/target-input';

const EVENT = { 'id': 'event-1', 'detail-type': 'AWS API Call via CloudTrail', 'detail': { eventName: 'Encrypt', resources: [{ ARN: 'arn:key' }], errorCode: null } };

type TransformerPaths = { readonly [name: string]: string };

/** What the CDK writes into the template for an input. */
function synthesized(input: RuleTargetInput): TargetInput {
  const stack = new Stack(new App(), 'Stack');
  const rule = new Rule(stack, 'Rule', { eventPattern: { source: ['aws.kms'] } });
  rule.addTarget({ bind: () => ({ arn: 'arn:aws:lambda:eu-central-1:111122223333:function:f', input }) });
  const [target] = stack.resolve((rule.node.defaultChild as CfnRule).targets) as CfnRule.TargetProperty[];
  const { inputPathsMap, inputTemplate = '' } = (target?.inputTransformer ?? {}) as Partial<CfnRule.InputTransformerProperty>;
  return {
    Input: target?.input,
    InputPath: target?.inputPath,
    ...(target?.inputTransformer && { InputTransformer: { InputPathsMap: inputPathsMap as TransformerPaths, InputTemplate: inputTemplate } }),
  };
}

test.each<[string, RuleTargetInput | undefined, unknown]>([
  ['the whole event', undefined, EVENT],
  ['a part of it', RuleTargetInput.fromEventPath('$.detail'), EVENT.detail],
  ['something else', RuleTargetInput.fromObject({ step: 'reconcile' }), { step: 'reconcile' }],
  ['an object with parts of it', RuleTargetInput.fromObject({
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
  ['an object with texts that parts stand in', RuleTargetInput.fromObject({ text: `${EventField.fromPath('$.detail.eventName')} by "${EventField.eventId}"` }), { text: 'Encrypt by "event-1"' }],
  ['text', RuleTargetInput.fromText(`${EventField.fromPath('$.detail.eventName')} happened`), 'Encrypt happened'],
])('a target is given %s, as the CDK writes it down', (_, input, expected) => {
  expect(targetInput(input === undefined ? {} : synthesized(input), EVENT)).toEqual(expected);
});

test('whatever stands in an event arrives as it is', () => {
  const input = synthesized(RuleTargetInput.fromObject({ detail: EventField.fromPath('$.detail') }));
  fc.assert(fc.property(fc.jsonValue(), (detail) => {
    expect(JSON.stringify(targetInput(input, { detail }))).toBe(JSON.stringify({ detail }));
  }));
});

test.each<[string, TargetInput, string]>([
  ['two inputs', { Input: '{}', InputPath: '$' }, 'has more than one input'],
  ['a path that leads nowhere', { InputPath: '$.detail.nothing' }, 'has a path that leads nowhere in this event'],
  ['a path that nobody understands', { InputPath: '$.detail.*' }, 'has a path that is not known here'],
  ['a placeholder of AWS\'s own', { InputTransformer: { InputTemplate: '{"rule":<aws.events.rule-arn>}' } }, 'has a placeholder without a path'],
  ['a template that is no JSON', { InputTransformer: { InputPathsMap: { id: '$.id' }, InputTemplate: 'event <id>' } }, 'is not JSON once it is filled in'],
])('%s is refused', (_, input, message) => {
  expect(() => targetInput(input, EVENT)).toThrow(message);
});
