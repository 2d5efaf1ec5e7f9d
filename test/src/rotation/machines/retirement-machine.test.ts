import { allStates, complaintsAbout, fieldsInUse, leadsTo } from './machine-laws';
import { arrowsOf, pictureIn } from './machine-picture';
import { aFamilyWithTokens, aFunction, arnOf, definitionOf, resourcesOf, type State } from './synthesized-machine';
import { ErrorName } from '../../../../src/contract/error-names';
import { RetirementMachine } from '../../../../src/rotation/machines/retirement-machine';
import { aStack } from '../../../support/a-stack';

const stack = aStack();
const functions = { control: aFunction(stack, 'Control'), worker: aFunction(stack, 'Worker'), retirement: aFunction(stack, 'Retirer') };
const { stateMachine } = new RetirementMachine(stack, 'Retirement', { family: aFamilyWithTokens(stack), ...functions, maxConcurrency: 20 });
const definition = definitionOf(stateMachine);
const states = new Map(allStates(definition));

test('the definition is the one in the doc comment', () => {
  expect(arrowsOf(definition)).toEqual(pictureIn('retirement-machine.ts'));
});

test('a count processes each shard as drawn in its doc comment', () => {
  const drawn = pictureIn('shard-map.ts').map((arrow) => arrow.replace(/\bShard/g, 'CountShard')).sort();
  expect(arrowsOf((states.get('Count') as Required<State>).ItemProcessor)).toEqual(drawn);
});

test('Step Functions accepts the definition', () => {
  expect(complaintsAbout(definition)).toBe('');
  expect(complaintsAbout({ ...definition, StartAt: 'Nowhere' })).toContain('Nowhere');
});

test('only the decision receives the input of the execution', () => {
  const reading = [...states].filter(([, state]) => JSON.stringify(state).includes('$$.Execution.Input')).map(([name]) => name);
  expect(reading).toEqual(['Decide']);
});

test('the control function writes policies, the worker counts, the retirement function does everything else', () => {
  const invoked = [...states].filter(([, { Type }]) => Type === 'Task').map(([name, { Resource }]) => [name, Resource]);
  const { control, worker } = functions;
  const others = { OpenGate: control, CloseGate: control, CloseGateAtEnd: control, CountShard: worker };
  expect(invoked).toEqual(invoked.map(([name]) => [name, arnOf(stack, others[name as keyof typeof others] ?? functions.retirement)]));
});

test('no task waits for the propagation of a key or a permission, because each has existed for a day', () => {
  expect(JSON.stringify(definition)).not.toContain(ErrorName.KEY_NOT_READY);
  expect(JSON.stringify(definition)).not.toContain(ErrorName.ACCESS_DENIED);
});

describe('no way leads past', () => {
  test.each([
    ['a count', 'Count', 'Certify'],
    ['a count', 'Count', 'ScheduleDeletion'],
    ['a count', 'Count', 'RecordRecount'],
    ['the verdict of the count', 'ChooseByVerdict', 'ScheduleDeletion'],
    ['the certificate', 'Certify', 'OpenGate'],
    ['closing the gate', 'CloseGate', 'StillInUse'],
    ['the watch probe', 'ProbeWatch', 'InSoak'],
  ])('%s (%s) to %s', (_, guard, target) => {
    expect(leadsTo(definition, definition.StartAt, target)).toBe(true);
    expect(leadsTo(definition, definition.StartAt, target, [guard])).toBe(false);
  });

  test('one execution performs one step: neither Certify nor InSoak leads to a deletion', () => {
    for (const step of ['Certify', 'BeginSoak', 'ProbeWatch', 'RecordRecount', 'StartOver', 'CancelDeletion']) {
      expect(leadsTo(definition, step, 'ScheduleDeletion')).toBe(false);
    }
  });

  test('the execution fails if a generation is still in use, so that an alarm can detect it', () => {
    expect(definition.States.StillInUse).toMatchObject({ Type: 'Fail', Error: ErrorName.STILL_IN_USE });
    expect(leadsTo(definition, 'StartOver', 'StillInUse')).toBe(true);
  });
});

test('the definition uses exactly the fields that the interpreter knows', () => {
  expect(fieldsInUse(definition)).toEqual({
    definition: ['Comment', 'StartAt', 'States'],
    ItemProcessor: ['ProcessorConfig', 'StartAt', 'States'],
    Pass: ['End', 'Next', 'Result', 'Type'],
    Task: ['Next', 'Parameters', 'Resource', 'ResultPath', 'Retry', 'TimeoutSeconds', 'Type'],
    Retry: ['BackoffRate', 'ErrorEquals', 'IntervalSeconds', 'JitterStrategy', 'MaxAttempts', 'MaxDelaySeconds'],
    Choice: ['Choices', 'Default', 'Type'],
    Choices: ['BooleanEquals', 'Next', 'NumericGreaterThanEquals', 'StringEquals', 'Variable'],
    Succeed: ['Type'],
    Fail: ['Cause', 'Error', 'Type'],
    Map: ['ItemProcessor', 'ItemSelector', 'ItemsPath', 'Label', 'MaxConcurrency', 'Next', 'ResultPath', 'Type'],
  });
});

test('the resources are three: state machine, role, and a policy on its own executions', () => {
  const own = resourcesOf(stack, 'Retirement');
  expect(Object.keys(own).sort()).toEqual(['AWS::IAM::Policy', 'AWS::IAM::Role', 'AWS::StepFunctions::StateMachine']);
  const [policy] = own['AWS::IAM::Role']?.properties.Policies as [{ PolicyDocument: { Statement: object[] } }];
  const invoked = [functions.control, functions.worker, functions.retirement].map((each) => arnOf(stack, each));
  expect(policy.PolicyDocument.Statement).toMatchObject([{ Action: 'lambda:InvokeFunction', Resource: invoked }]);
});
