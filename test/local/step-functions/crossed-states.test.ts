import { aBench, failure, functionArn, machine, mapOver } from './machine-bench';
import { CrossedStates } from '../../../local/step-functions/interpreter/crossed-states';
import { parseDefinition } from '../../../local/step-functions/interpreter/parse-definition';

const DEFINITION = machine({
  Plan: { Type: 'Choice', Choices: [{ Variable: '$.due', BooleanEquals: true, Next: 'All' }], Default: 'Done' },
  All: {
    ...mapOver({
      'Work': { Type: 'Task', Resource: functionArn('worker'), Retry: [{ ErrorEquals: ['Throttled'] }], Next: 'End of shard' },
      'End of shard': { Type: 'Succeed' },
    }, { ItemsPath: '$.shards' }),
    Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Stopped' }],
    Next: 'Done',
  },
  Done: { Type: 'Succeed' },
  Stopped: { Type: 'Fail', Error: 'Stopped' },
});

test('what executions cross adds up until nothing is left', async () => {
  const crossed = new CrossedStates();
  const execute = async (input: object, worker = async (): Promise<unknown> => ({})) =>
    aBench(DEFINITION, { worker }, [crossed.watch('Rotation', parseDefinition(DEFINITION))]).interpreter.execute('run', input);

  await execute({ due: false });
  expect(crossed.summary()).toBe('Rotation: 2 of 6 states, 1 of 6 transitions');
  expect(crossed.notCrossed()).toEqual([
    'Rotation: All', 'Rotation: Work', 'Rotation: End of shard', 'Rotation: Stopped',
    'Rotation: Plan -> All (Choice 1)', 'Rotation: All -> Done (Next)', 'Rotation: All -> Stopped (Catch 1)',
    'Rotation: Work -> End of shard (Next)', 'Rotation: Work -> Work (Retry 1)',
  ]);

  let throttled = true;
  await execute({ due: true, shards: [1] }, async () => {
    if (!throttled) return {};
    throttled = false;
    throw failure('Throttled');
  });
  expect(crossed.notCrossed()).toEqual(['Rotation: Stopped', 'Rotation: All -> Stopped (Catch 1)']);

  await execute({ due: true, shards: [1] }, async () => { throw failure('StoreMismatch'); });
  expect(crossed.notCrossed()).toEqual([]);
  expect(crossed.summary()).toBe('Rotation: 6 of 6 states, 6 of 6 transitions');
});

test('machines are told apart by name', () => {
  const crossed = new CrossedStates();
  crossed.watch('Rotation', parseDefinition(DEFINITION));
  crossed.watch('Retirement', parseDefinition(machine({ Wait: { Type: 'Wait', Seconds: 1, End: true } })));
  expect(crossed.summary().split('\n')).toEqual(['Rotation: 0 of 6 states, 0 of 6 transitions', 'Retirement: 0 of 1 states, 0 of 0 transitions']);
});
