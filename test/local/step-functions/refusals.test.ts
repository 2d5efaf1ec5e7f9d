import { functionArn, machine, mapOver } from './machine-bench';
import { parseDefinition } from '../../../local/step-functions/interpreter/parse-definition';

const TASK = { Type: 'Task', Resource: functionArn('worker'), End: true };
const PASS = { Type: 'Pass', End: true };
const CHOICE = { Type: 'Choice', Default: 'Done' };
const only = (state: object) => machine({ Only: state });
const choosing = (rule: object) => machine({ Only: { ...CHOICE, Choices: [{ Next: 'Done', ...rule }] }, Done: { Type: 'Succeed' } });

test.each<[string, object, string]>([
  ['a field of the machine', { ...only(PASS), Extra: 1 }, 'state machine: has a field that is not known here, got Extra'],
  ['another query language', { ...only(PASS), QueryLanguage: 'JSONata' }, 'QueryLanguage is not understood, got "JSONata"; allowed: "JSONPath"'],
  ['another version', { ...only(PASS), Version: '2.0' }, 'Version is not understood'],
  ['a type of state', only({ Type: 'Parallel', Branches: [], End: true }), 'state Only: is of a type that is not known here, got Parallel'],
  ['a type that every object has', only({ Type: 'constructor', End: true }), 'is of a type that is not known here'],
  ['a state that is no object', machine({ Only: [] }), 'state Only: is not an object'],
  ['no states', { StartAt: 'A' }, 'state machine: has no States'],
  ['no beginning', { States: { A: PASS } }, 'state machine: lacks StartAt'],
  ['a field of a Pass', only({ ...PASS, Assign: {} }), 'state Only: has a field that is not known here, got Assign'],
  ['a field of a Task', only({ ...TASK, HeartbeatSeconds: 5 }), 'got HeartbeatSeconds'],
  ['selections of a Task, which our machines do without', only({ ...TASK, InputPath: '$' }), 'got InputPath'],
  ['a field of a Succeed', only({ Type: 'Succeed', OutputPath: '$' }), 'got OutputPath'],
  ['a field of a Fail', only({ Type: 'Fail', ErrorPath: '$.error' }), 'got ErrorPath'],
  ['a field of a Wait', only({ Type: 'Wait', Timestamp: '2026-01-01T00:00:00Z', End: true }), 'needs either Seconds or SecondsPath'],
  ['a Wait of less than nothing', only({ Type: 'Wait', Seconds: -1, End: true }), 'Seconds is not understood, got -1; allowed: a whole number of at least 0'],
  ['a service integration', only({ ...TASK, Resource: 'arn:aws:states:::lambda:invoke' }), 'Resource is not the ARN of a function'],
  ['a retrier\'s field', only({ ...TASK, Retry: [{ ErrorEquals: ['A'], Unknown: 1 }] }), 'state Only, Retry 1: has a field that is not known here'],
  ['a retrier without errors', only({ ...TASK, Retry: [{ ErrorEquals: [] }] }), 'ErrorEquals is not a list of names'],
  ['a wildcard before others', only({ ...TASK, Retry: [{ ErrorEquals: ['States.ALL'] }, { ErrorEquals: ['A'] }] }), 'States.ALL stands alone, and last'],
  ['a wildcard among others', only({ ...TASK, Retry: [{ ErrorEquals: ['A', 'States.ALL'] }] }), 'States.ALL stands alone, and last'],
  ['a catcher for what nobody catches', only({ ...TASK, Catch: [{ ErrorEquals: ['States.Runtime'], Next: 'Only' }] }), 'names States.Runtime'],
  ['a catcher\'s field', only({ ...TASK, Catch: [{ ErrorEquals: ['A'], Next: 'Only', Output: {} }] }), 'got Output'],
  ['an intrinsic function', only({ ...TASK, Parameters: { 'id.$': 'States.UUID()' } }), 'id.$ is not a path that is known here, got "States.UUID()"'],
  ['a variable', only({ ...TASK, Parameters: { 'id.$': '$id' } }), 'is not a path'],
  ['a wildcard path', only({ ...TASK, Parameters: { 'ids.$': '$.items[*].id' } }), 'is not a path'],
  ['a slice', only({ ...TASK, Parameters: { 'ids.$': '$.items[0:2]' } }), 'is not a path'],
  ['a path that descends', only({ ...TASK, Parameters: { 'ids.$': '$..id' } }), 'is not a path'],
  ['a path that is no text', only({ ...TASK, Parameters: { 'ids.$': 7 } }), 'is not a path'],
  ['a path deep in a template', only({ ...TASK, Parameters: { list: [{ 'id.$': 'id' }] } }), 'id.$ is not a path'],
  ['a field that is given twice', only({ ...TASK, Parameters: { 'id': 1, 'id.$': '$.id' } }), 'gives a field twice, got id'],
  ['parameters that are no object', only({ ...TASK, Parameters: '$.id' }), 'Parameters: is not an object'],
  ['an unknown part of the context object', only({ ...TASK, Parameters: { 'token.$': '$$.Task.Token' } }), 'got "$$.Task.Token"'],
  ['the whole context object', only({ ...TASK, Parameters: { 'all.$': '$$' } }), 'is not a path'],
  ['an item outside a Map', only({ ...TASK, Parameters: { 'item.$': '$$.Map.Item.Value' } }), 'is not a path'],
  ['a context path as input path', only({ ...PASS, InputPath: '$$.Execution.Input' }), 'InputPath is not a path that is known here'],
  ['a result path with an index', only({ ...PASS, ResultPath: '$.list[0]' }), 'ResultPath is not a path that is known here'],
  ['neither Next nor End', only({ Type: 'Pass' }), 'needs either Next or End: true'],
  ['Next and End', only({ ...PASS, Next: 'Only' }), 'needs either Next or End: true'],
  ['End that is not true', only({ Type: 'Pass', End: false }), 'End is not understood'],
  ['a way to nowhere', only({ Type: 'Pass', Next: 'Nowhere' }), 'state Only: leads to a state that does not exist, got Nowhere'],
  ['a beginning that is nowhere', { ...only(PASS), StartAt: 'Nowhere' }, 'leads to a state that does not exist'],
  ['a state that nothing leads to', machine({ A: PASS, Lost: PASS }), 'state Lost: cannot be reached'],
  ['no choices', machine({ Only: { ...CHOICE, Choices: [] }, Done: { Type: 'Succeed' } }), 'has no Choices'],
  ['a comparison', choosing({ Variable: '$.a', StringMatches: '*' }), 'needs exactly one test that is known here'],
  ['two comparisons in one', choosing({ Variable: '$.a', StringEquals: 'a', IsPresent: true }), 'needs exactly one test that is known here, got IsPresent, StringEquals'],
  ['a comparison with another type', choosing({ Variable: '$.a', NumericEquals: '7' }), 'NumericEquals is not understood, got "7"; allowed: a number'],
  ['a comparison without variable', choosing({ StringEquals: 'a' }), 'lacks Variable'],
  ['an empty And', choosing({ And: [] }), 'And is empty'],
  ['a field deep in a rule', choosing({ Not: { Variable: '$.a', IsPresent: true, Next: 'Done' } }), 'has a field that is not known here, got Next'],
  ['an inline Map', only({ ...mapOver({ Inner: PASS }), End: true, ItemProcessor: machine({ Inner: PASS }) }), 'lacks ProcessorConfig'],
  ['an express Map', only({
    Type: 'Map', End: true, ItemProcessor: { ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'EXPRESS' }, ...machine({ Inner: PASS }) },
  }), 'ExecutionType is not understood'],
  ['a batcher', only({ ...mapOver({ Inner: PASS }, { ItemBatcher: {} }), End: true }), 'got ItemBatcher'],
  ['tolerated failures', only({ ...mapOver({ Inner: PASS }, { ToleratedFailurePercentage: 5 }), End: true }), 'ToleratedFailurePercentage is not understood'],
  ['a name within a Map that is taken outside', machine({ A: { ...mapOver({ A: PASS }), End: true } }), 'state A: needs a name of its own'],
  ['a way out of a Map', machine({ A: { ...mapOver({ B: { Type: 'Pass', Next: 'C' } }), Next: 'C' }, C: PASS }), 'state B: leads to a state that does not exist'],
  ['a long name', machine({ ['x'.repeat(81)]: PASS }), 'needs a name of its own, of at most 80 characters'],
])('%s is refused before anything runs', (_, definition, message) => {
  expect(() => parseDefinition(definition)).toThrow(message);
});

test('a definition may come as text, as it stands in a template', () => {
  expect(parseDefinition(JSON.stringify(only(PASS))).states.size).toBe(1);
});

test('comments are welcome everywhere', () => {
  const commented = {
    Comment: 'machine',
    QueryLanguage: 'JSONPath',
    Version: '1.0',
    ...machine({
      Only: { ...CHOICE, Comment: 'state', Choices: [{ Comment: 'rule', Variable: '$.a', IsPresent: true, Next: 'Done' }] },
      Done: { ...TASK, Comment: 'state', Retry: [{ ErrorEquals: ['A'], Comment: 'retrier' }], Catch: [{ ErrorEquals: ['A'], Comment: 'catcher', Next: 'Done' }] },
    }),
  };
  expect(parseDefinition(commented).states.size).toBe(2);
});
