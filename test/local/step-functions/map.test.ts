import { setImmediate } from 'node:timers/promises';
import { aBench, failure, functionArn, machine, mapOver, outputOf, run, THE_BEGINNING } from './machine-bench';
import type { TaskFunction } from '../../../local/step-functions/execution/execution';

const work = (fields: object = {}) => ({ Type: 'Task', Resource: functionArn('worker'), End: true, ...fields });
const TWENTY = Array.from({ length: 20 }, (_, index) => index);

/** A function that records how many of its invocations run at the same time. */
function countingWorker() {
  let running = 0;
  const seen = { maxRunning: 0, calls: 0 };
  const worker: TaskFunction = async (payload) => {
    running += 1;
    seen.calls += 1;
    seen.maxRunning = Math.max(seen.maxRunning, running);
    await setImmediate();
    running -= 1;
    return payload;
  };
  return { seen, worker };
}

test('every item runs, and the results have the order of the items', async () => {
  const { worker } = countingWorker();
  expect(await outputOf(mapOver({ Work: work() }), TWENTY, { worker })).toEqual(TWENTY);
  const discarding = mapOver({ Work: work() }, { ItemsPath: '$.shards', ResultPath: null });
  expect(await outputOf(discarding, { shards: TWENTY }, { worker })).toEqual({ shards: TWENTY });
  expect(await outputOf(mapOver({ Work: work() }), [], { worker })).toEqual([]);
});

test.each([[1, 1], [3, 3], [0, 20]])('with MaxConcurrency %i, %i children run at the same time', async (MaxConcurrency, maxRunning) => {
  const { seen, worker } = countingWorker();
  await outputOf(mapOver({ Work: work() }, { MaxConcurrency }), TWENTY, { worker });
  expect(seen).toEqual({ maxRunning, calls: 20 });
});

test('an item has the selected input and its own execution', async () => {
  const ItemSelector = {
    'run.$': '$.run',
    'execution.$': '$$.Execution.Id',
    'item.$': '$$.Map.Item.Value',
    'shard.$': '$$.Map.Item.Value.shard',
    'index.$': '$$.Map.Item.Index',
  };
  const Report = {
    Type: 'Pass',
    End: true,
    ResultPath: '$.own',
    Parameters: { 'machine.$': '$$.StateMachine.Id', 'id.$': '$$.Execution.Id', 'input.$': '$$.Execution.Input.index' },
  };
  const map = mapOver({ Report }, { ItemsPath: '$.shards', ItemSelector, Label: 'Shards' });
  const output = await outputOf(map, { run: 7, shards: [{ shard: 3 }] });
  expect(output).toEqual([{
    run: 7,
    execution: 'arn:aws:states:eu-central-1:111122223333:execution:Rotation:run',
    item: { shard: 3 },
    shard: 3,
    index: 0,
    own: {
      machine: 'arn:aws:states:eu-central-1:111122223333:stateMachine:Rotation/Shards',
      id: expect.stringMatching(/^arn:aws:states:eu-central-1:111122223333:execution:Rotation\/Shards:[0-9a-f-]{36}$/),
      input: 0,
    },
  }]);
});

test('a Map over anything but an array fails', async () => {
  expect(await run(machine({ All: { ...mapOver({ Work: work() }), End: true } }), { shards: 'none' }))
    .toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
});

describe('when a child fails', () => {
  const failing = (item: number): TaskFunction => async (payload) => {
    await setImmediate();
    if (payload === item) throw failure('StoreMismatch', 'no such table');
    return payload;
  };

  test('the Map fails with its own error, whose cause is the first failure', async () => {
    expect(await run(machine({ All: { ...mapOver({ Work: work() }), End: true } }), TWENTY, { worker: failing(5) })).toMatchObject({
      status: 'FAILED',
      error: 'States.ExceedToleratedFailureThreshold',
      cause: 'The specified tolerated failure threshold was exceeded; first failure StoreMismatch: no such table',
    });
  });

  test('no other child begins, those in progress end after their current state, and their Catch does not apply', async () => {
    const visited: string[] = [];
    const { interpreter } = aBench(machine({
      All: {
        End: true,
        ...mapOver({
          Work: { ...work({ Next: 'Wait', End: undefined }), Catch: [{ ErrorEquals: ['Never'], Next: 'Wait' }] },
          Wait: { Type: 'Wait', Seconds: 5, Next: 'After' },
          After: { Type: 'Pass', End: true },
        }, { MaxConcurrency: 4 }),
      },
    }), { worker: failing(3) }, [{ stateEntered: (name) => { visited.push(name); } }]);
    await interpreter.execute('run', TWENTY);
    expect(visited.filter((name) => name === 'Work')).toHaveLength(4);
    expect(visited).not.toContain('After');
  });

  test('the Retry of the child applies first, on the shared clock', async () => {
    let failures = 20;
    const states = { Work: work({ Retry: [{ ErrorEquals: ['Throttled'], IntervalSeconds: 60 }] }) };
    const bench = aBench(machine({ All: { ...mapOver(states), End: true } }), {
      worker: async () => {
        failures -= 1;
        if (failures >= 0) throw failure('Throttled');
      },
    });
    expect(await bench.interpreter.execute('run', TWENTY)).toMatchObject({ status: 'SUCCEEDED' });
    expect(bench.passed()).toBe(60);
  });

  test('the Retry of the Map starts a new Map Run, and its Catch matches the error of the Map', async () => {
    let calls = 0;
    const definition = machine({
      All: {
        ...mapOver({ Work: work() }),
        End: true,
        Retry: [{ ErrorEquals: ['States.ALL'], MaxAttempts: 1 }],
        Catch: [{ ErrorEquals: ['States.TaskFailed'], Next: 'Caught' }],
      },
      Caught: { Type: 'Pass', OutputPath: '$.Error', End: true },
    });
    expect(await run(definition, [1, 2], {
      worker: async () => {
        calls += 1;
        throw failure('A');
      },
    })).toMatchObject({ output: 'States.ExceedToleratedFailureThreshold' });
    expect(calls).toBe(4);
  });
});

test('a wait in one child does not time out the function of another', async () => {
  const states = {
    Which: { Type: 'Choice', Choices: [{ Variable: '$', NumericEquals: 0, Next: 'Wait' }], Default: 'Work' },
    Wait: { Type: 'Wait', Seconds: 3600, End: true },
    Work: work({ TimeoutSeconds: 60 }),
  };
  const { interpreter, clock } = aBench(machine({ All: { ...mapOver(states), End: true } }), {
    worker: async () => { for (let turns = 0; turns < 20; turns++) await setImmediate(); },
  });
  expect(await interpreter.execute('run', [0, 1])).toMatchObject({ status: 'SUCCEEDED' });
  expect(clock.now().getTime() - THE_BEGINNING.getTime()).toBe(3_600_000);
});
