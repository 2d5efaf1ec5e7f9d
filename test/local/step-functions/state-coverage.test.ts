import { aBench, failure, functionArn, machine, mapOver } from './machine-bench';
import { parseDefinition } from '../../../local/step-functions/interpreter/parse-definition';
import { StateCoverage } from '../../../local/step-functions/interpreter/state-coverage';

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

test('coverage adds up over executions until every state and transition is covered', async () => {
  const coverage = new StateCoverage();
  const execute = async (input: object, worker = async (): Promise<unknown> => ({})) =>
    aBench(DEFINITION, { worker }, [coverage.observer('Rotation', parseDefinition(DEFINITION))]).interpreter.execute('run', input);

  await execute({ due: false });
  expect(coverage.summary()).toBe('Rotation: 2 of 6 states, 1 of 6 transitions');
  expect(coverage.uncovered()).toEqual([
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
  expect(coverage.uncovered()).toEqual(['Rotation: Stopped', 'Rotation: All -> Stopped (Catch 1)']);

  await execute({ due: true, shards: [1] }, async () => { throw failure('StoreMismatch'); });
  expect(coverage.uncovered()).toEqual([]);
  expect(coverage.summary()).toBe('Rotation: 6 of 6 states, 6 of 6 transitions');
});

test('each state machine has its own coverage', () => {
  const coverage = new StateCoverage();
  coverage.observer('Rotation', parseDefinition(DEFINITION));
  coverage.observer('Retirement', parseDefinition(machine({ Wait: { Type: 'Wait', Seconds: 1, End: true } })));
  expect(coverage.summary().split('\n'))
    .toEqual(['Rotation: 0 of 6 states, 0 of 6 transitions', 'Retirement: 0 of 1 states, 0 of 0 transitions']);
});
