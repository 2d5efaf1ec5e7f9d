import { functionArn, machine, mapOver } from './machine-bench';
import { parseDefinition } from '../../../local/step-functions/interpreter/parse-definition';

const TASK = { Type: 'Task', Resource: functionArn('worker'), End: true };
const PASS = { Type: 'Pass', End: true };
const CHOICE = { Type: 'Choice', Default: 'Done' };
const only = (state: object) => machine({ Only: state });
const choosing = (rule: object) => machine({ Only: { ...CHOICE, Choices: [{ Next: 'Done', ...rule }] }, Done: { Type: 'Succeed' } });

test.each<[string, object, string]>([
  ['a field of the machine', { ...only(PASS), Extra: 1 }, 'state machine: field is not supported, got Extra'],
  ['another query language', { ...only(PASS), QueryLanguage: 'JSONata' }, 'QueryLanguage is invalid, got "JSONata"; allowed: "JSONPath"'],
  ['another version', { ...only(PASS), Version: '2.0' }, 'Version is invalid'],
  ['a type of state', only({ Type: 'Parallel', Branches: [], End: true }), 'state Only: Type is not supported, got Parallel'],
  ['a type that is an inherited property', only({ Type: 'constructor', End: true }), 'Type is not supported'],
  ['a state that is not an object', machine({ Only: [] }), 'state Only: must be an object'],
  ['no states', { StartAt: 'A' }, 'state machine: States is missing'],
  ['no StartAt', { States: { A: PASS } }, 'state machine: StartAt is missing'],
  ['a field of a Pass', only({ ...PASS, Assign: {} }), 'state Only: field is not supported, got Assign'],
  ['a field of a Task', only({ ...TASK, HeartbeatSeconds: 5 }), 'got HeartbeatSeconds'],
  ['InputPath of a Task, which our state machines do not use', only({ ...TASK, InputPath: '$' }), 'got InputPath'],
  ['a field of a Succeed', only({ Type: 'Succeed', OutputPath: '$' }), 'got OutputPath'],
  ['a field of a Fail', only({ Type: 'Fail', ErrorPath: '$.error' }), 'got ErrorPath'],
  [
    'a field of a Wait',
    only({ Type: 'Wait', Timestamp: '2026-01-01T00:00:00Z', End: true }),
    'exactly one of Seconds and SecondsPath is required',
  ],
  ['a negative Wait', only({ Type: 'Wait', Seconds: -1, End: true }), 'Seconds is invalid, got -1; allowed: a whole number of at least 0'],
  ['a service integration', only({ ...TASK, Resource: 'arn:aws:states:::lambda:invoke' }), 'Resource is not the ARN of a function'],
  ['a field of a retrier', only({ ...TASK, Retry: [{ ErrorEquals: ['A'], Unknown: 1 }] }), 'state Only, Retry 1: field is not supported'],
  ['a retrier without errors', only({ ...TASK, Retry: [{ ErrorEquals: [] }] }), 'ErrorEquals must be a list of names'],
  [
    'States.ALL before other entries',
    only({ ...TASK, Retry: [{ ErrorEquals: ['States.ALL'] }, { ErrorEquals: ['A'] }] }),
    'States.ALL must be the only name, in the last entry',
  ],
  [
    'States.ALL with other names',
    only({ ...TASK, Retry: [{ ErrorEquals: ['A', 'States.ALL'] }] }),
    'States.ALL must be the only name, in the last entry',
  ],
  [
    'a catcher for States.Runtime',
    only({ ...TASK, Catch: [{ ErrorEquals: ['States.Runtime'], Next: 'Only' }] }),
    'States.Runtime cannot be retried or caught',
  ],
  ['a field of a catcher', only({ ...TASK, Catch: [{ ErrorEquals: ['A'], Next: 'Only', Output: {} }] }), 'got Output'],
  [
    'an intrinsic function',
    only({ ...TASK, Parameters: { 'id.$': 'States.UUID()' } }),
    'id.$ is not a supported path, got "States.UUID()"',
  ],
  ['a variable', only({ ...TASK, Parameters: { 'id.$': '$id' } }), 'is not a supported path'],
  ['a wildcard path', only({ ...TASK, Parameters: { 'ids.$': '$.items[*].id' } }), 'is not a supported path'],
  ['a slice', only({ ...TASK, Parameters: { 'ids.$': '$.items[0:2]' } }), 'is not a supported path'],
  ['a recursive path', only({ ...TASK, Parameters: { 'ids.$': '$..id' } }), 'is not a supported path'],
  ['a path that is not text', only({ ...TASK, Parameters: { 'ids.$': 7 } }), 'is not a supported path'],
  ['a path deep in a template', only({ ...TASK, Parameters: { list: [{ 'id.$': 'id' }] } }), 'id.$ is not a supported path'],
  ['a field that is declared twice', only({ ...TASK, Parameters: { 'id': 1, 'id.$': '$.id' } }), 'field is declared twice, got id'],
  ['parameters that are not an object', only({ ...TASK, Parameters: '$.id' }), 'Parameters: must be an object'],
  ['an unknown part of the context object', only({ ...TASK, Parameters: { 'token.$': '$$.Task.Token' } }), 'got "$$.Task.Token"'],
  ['the whole context object', only({ ...TASK, Parameters: { 'all.$': '$$' } }), 'is not a supported path'],
  ['an item outside a Map', only({ ...TASK, Parameters: { 'item.$': '$$.Map.Item.Value' } }), 'is not a supported path'],
  ['a context path as input path', only({ ...PASS, InputPath: '$$.Execution.Input' }), 'InputPath is not a supported path'],
  ['a result path with an index', only({ ...PASS, ResultPath: '$.list[0]' }), 'ResultPath is not a supported path'],
  ['neither Next nor End', only({ Type: 'Pass' }), 'exactly one of Next and End: true is required'],
  ['Next and End', only({ ...PASS, Next: 'Only' }), 'exactly one of Next and End: true is required'],
  ['End that is not true', only({ Type: 'Pass', End: false }), 'End is invalid'],
  ['a transition to a missing state', only({ Type: 'Pass', Next: 'Missing' }), 'state Only: next state does not exist, got Missing'],
  ['a StartAt that does not exist', { ...only(PASS), StartAt: 'Missing' }, 'next state does not exist'],
  ['a state that cannot be reached', machine({ A: PASS, Other: PASS }), 'state Other: cannot be reached'],
  ['no choices', machine({ Only: { ...CHOICE, Choices: [] }, Done: { Type: 'Succeed' } }), 'Choices is missing'],
  ['an unsupported comparison', choosing({ Variable: '$.a', StringMatches: '*' }), 'exactly one supported comparison is required'],
  [
    'two comparisons in one rule',
    choosing({ Variable: '$.a', StringEquals: 'a', IsPresent: true }),
    'exactly one supported comparison is required, got IsPresent, StringEquals',
  ],
  [
    'a comparison with another type',
    choosing({ Variable: '$.a', NumericEquals: '7' }),
    'NumericEquals is invalid, got "7"; allowed: a number',
  ],
  ['a comparison without variable', choosing({ StringEquals: 'a' }), 'Variable is missing'],
  ['an empty And', choosing({ And: [] }), 'And must not be empty'],
  ['a field of a nested rule', choosing({ Not: { Variable: '$.a', IsPresent: true, Next: 'Done' } }), 'field is not supported, got Next'],
  [
    'an inline Map',
    only({ ...mapOver({ Inner: PASS }), End: true, ItemProcessor: machine({ Inner: PASS }) }),
    'ProcessorConfig is missing',
  ],
  [
    'an express Map',
    only({
      Type: 'Map',
      End: true,
      ItemProcessor: { ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'EXPRESS' }, ...machine({ Inner: PASS }) },
    }),
    'ExecutionType is invalid',
  ],
  ['a batcher', only({ ...mapOver({ Inner: PASS }, { ItemBatcher: {} }), End: true }), 'got ItemBatcher'],
  [
    'tolerated failures',
    only({ ...mapOver({ Inner: PASS }, { ToleratedFailurePercentage: 5 }), End: true }),
    'ToleratedFailurePercentage is invalid',
  ],
  ['a name that occurs inside and outside a Map', machine({ A: { ...mapOver({ A: PASS }), End: true } }), 'state A: name must be unique'],
  [
    'a transition out of a Map',
    machine({ A: { ...mapOver({ B: { Type: 'Pass', Next: 'C' } }), Next: 'C' }, C: PASS }),
    'state B: next state does not exist',
  ],
  ['a long name', machine({ ['x'.repeat(81)]: PASS }), 'name must be unique and have at most 80 characters'],
])('%s is rejected before anything runs', (_, definition, message) => {
  expect(() => parseDefinition(definition)).toThrow(message);
});

test('a definition can be text, as in a template', () => {
  expect(parseDefinition(JSON.stringify(only(PASS))).states.size).toBe(1);
});

test('comments are welcome everywhere', () => {
  const commented = {
    Comment: 'machine',
    QueryLanguage: 'JSONPath',
    Version: '1.0',
    ...machine({
      Only: { ...CHOICE, Comment: 'state', Choices: [{ Comment: 'rule', Variable: '$.a', IsPresent: true, Next: 'Done' }] },
      Done: {
        ...TASK,
        Comment: 'state',
        Retry: [{ ErrorEquals: ['A'], Comment: 'retrier' }],
        Catch: [{ ErrorEquals: ['A'], Comment: 'catcher', Next: 'Done' }],
      },
    }),
  };
  expect(parseDefinition(commented).states.size).toBe(2);
});
