import { aBench, failure, functionArn, machine, outputOf, run, type Functions } from './machine-bench';

const worker = (fields: object = {}) => ({ Type: 'Task', Resource: functionArn('worker'), ...fields });
const caughtBy = (...names: string[]) => ({ Catch: [{ ErrorEquals: names, ResultPath: '$.failure', Next: 'Caught' }] });
const withCaughtState = (state: object) =>
  machine({ Only: { ...state, End: true }, Caught: { Type: 'Pass', Parameters: { 'caught.$': '$' }, End: true } });

/** A function that fails a given number of times, and records the time of each call. */
function unreliable(failures: number, name = 'Throttled') {
  const calls: number[] = [];
  const execute = (definition: object) => {
    const bench = aBench(definition, {
      worker: async () => {
        calls.push(bench.passed());
        if (calls.length <= failures) throw failure(name);
        return 'done';
      },
    });
    return bench.interpreter.execute('run', {});
  };
  return { calls, execute };
}

describe('Task', () => {
  test('passes its input to the function, and outputs the result', async () => {
    const functions: Functions = { worker: async (payload, { stateName, executionArn }) => ({ payload, stateName, executionArn }) };
    expect(await outputOf(worker(), { a: 1 }, functions)).toEqual({
      payload: { a: 1 }, stateName: 'Only', executionArn: 'arn:aws:states:eu-central-1:111122223333:execution:Rotation:run',
    });
  });

  const failingWorker: Functions = { worker: async () => { throw failure('GrantsHeld', 'by a service'); } };

  test('fails with the name of the thrown error, and with its message as cause', async () => {
    expect(await run(machine({ Only: { ...worker(), End: true } }), {}, failingWorker))
      .toMatchObject({ status: 'FAILED', error: 'GrantsHeld', cause: 'by a service' });
  });

  test('goes to the next state of Catch for a matching error, with error and cause at its ResultPath', async () => {
    const result = await run(withCaughtState({ ...worker(), ...caughtBy('GrantsHeld') }), { a: 1 }, failingWorker);
    expect(result.output).toEqual({ caught: { a: 1, failure: { Error: 'GrantsHeld', Cause: 'by a service' } } });
  });

  test.each<[string, string, string, string]>([
    ['its own name', 'A', 'A', 'SUCCEEDED'],
    ['another name', 'A', 'B', 'FAILED'],
    ['States.ALL', 'A', 'States.ALL', 'SUCCEEDED'],
    ['States.TaskFailed', 'A', 'States.TaskFailed', 'SUCCEEDED'],
    ['States.Timeout', 'States.Timeout', 'States.Timeout', 'SUCCEEDED'],
    ['States.TaskFailed, unless it is a timeout,', 'States.Timeout', 'States.TaskFailed', 'FAILED'],
  ])('an error is compared with %s', async (_, thrown, caught, status) => {
    const functions: Functions = { worker: async () => { throw failure(thrown); } };
    expect(await run(withCaughtState({ ...worker(), ...caughtBy(caught) }), {}, functions)).toMatchObject({ status });
  });

  test('the first matching catcher applies', async () => {
    const definition = machine({
      Only: {
        ...worker(),
        End: true,
        Catch: [
          { ErrorEquals: ['A', 'B'], Next: 'First' },
          { ErrorEquals: ['States.ALL'], Next: 'Second' },
        ],
      },
      First: { Type: 'Pass', Result: 'first', End: true },
      Second: { Type: 'Pass', Result: 'second', End: true },
    });
    const throwing = (name: string): Functions => ({ worker: async () => { throw failure(name); } });
    expect((await run(definition, {}, throwing('B'))).output).toBe('first');
    expect((await run(definition, {}, throwing('C'))).output).toBe('second');
  });
});

describe('Retry', () => {
  const retrying = (...retriers: object[]) => machine({ Only: { ...worker({ Retry: retriers }), End: true } });

  test('by default repeats three times, after 1, 2 and 4 seconds', async () => {
    const { calls, execute } = unreliable(9);
    expect(await execute(retrying({ ErrorEquals: ['States.ALL'] }))).toMatchObject({ status: 'FAILED', error: 'Throttled' });
    expect(calls).toEqual([0, 1, 3, 7]);
  });

  test('has the declared delays, up to MaxDelaySeconds', async () => {
    const { calls, execute } = unreliable(5);
    const retrier = {
      ErrorEquals: ['Throttled'], IntervalSeconds: 10, BackoffRate: 1.5, MaxDelaySeconds: 20, MaxAttempts: 6, JitterStrategy: 'FULL',
    };
    expect(await execute(retrying(retrier))).toMatchObject({ status: 'SUCCEEDED', output: 'done' });
    expect(calls).toEqual([0, 10, 25, 45, 65, 85]);
  });

  test('does not apply to other errors, nor with MaxAttempts 0', async () => {
    for (const retrier of [{ ErrorEquals: ['Other'] }, { ErrorEquals: ['Throttled'], MaxAttempts: 0 }]) {
      const { calls, execute } = unreliable(1);
      expect(await execute(retrying(retrier))).toMatchObject({ status: 'FAILED' });
      expect(calls).toEqual([0]);
    }
  });

  test('counts attempts for each retrier, and only the first matching retrier applies', async () => {
    const errors = ['A', 'B', 'A', 'B', 'B'];
    const { interpreter, passed } = aBench(
      retrying(
        { ErrorEquals: ['A'], MaxAttempts: 2, IntervalSeconds: 10, BackoffRate: 1 },
        { ErrorEquals: ['States.ALL'], MaxAttempts: 2, IntervalSeconds: 1, BackoffRate: 1 },
      ),
      { worker: async () => { throw failure(errors.shift() ?? 'A'); } },
    );
    expect(await interpreter.execute('run', {})).toMatchObject({ status: 'FAILED', error: 'B' });
    expect(errors).toEqual([]);
    expect(passed()).toBe(22);
  });

  test('applies before Catch, and its count starts again each time the state is entered', async () => {
    let calls = 0;
    const definition = machine({
      Try: {
        ...worker({ Retry: [{ ErrorEquals: ['A'], MaxAttempts: 1 }], Catch: [{ ErrorEquals: ['A'], Next: 'Again' }] }),
        End: true,
      },
      Again: { Type: 'Pass', Result: {}, Next: 'Last' },
      Last: { Type: 'Choice', Choices: [{ Variable: '$', IsPresent: false, Next: 'Done' }], Default: 'Try' },
      Done: { Type: 'Succeed' },
    });
    const result = await run(definition, {}, {
      worker: async () => {
        calls += 1;
        if (calls < 4) throw failure('A');
        return 'fourth';
      },
    });
    expect(result.output).toBe('fourth');
  });
});

describe('timeouts', () => {
  test('a function that exceeds its timeout fails even if it returns a result', async () => {
    const state = withCaughtState({ ...worker({ TimeoutSeconds: 60 }), ...caughtBy('States.Timeout') });
    const bench = aBench(state, { worker: async () => bench.clock.advance(61_000) });
    expect((await bench.interpreter.execute('run', {})).output).toMatchObject({ caught: { failure: { Error: 'States.Timeout' } } });
    const definition = machine({ Only: { ...worker({ TimeoutSeconds: 60 }), End: true } });
    const inTime = aBench(definition, { worker: async () => inTime.clock.advance(60_000) });
    expect(await inTime.interpreter.execute('run', {})).toMatchObject({ status: 'SUCCEEDED' });
  });

  test('an execution can time out in a Wait, and no Catch applies', async () => {
    const { interpreter, passed } = aBench({ TimeoutSeconds: 100, ...machine({ Wait: { Type: 'Wait', Seconds: 3600, End: true } }) });
    expect(await interpreter.execute('run', {})).toEqual({ status: 'TIMED_OUT', events: 2 });
    expect(passed()).toBe(100);
  });

  test('an execution can time out between states', async () => {
    const bench = aBench(
      { TimeoutSeconds: 100, ...machine({ First: { ...worker(), Next: 'Second' }, Second: { Type: 'Succeed' } }) },
      { worker: async () => bench.clock.advance(100_000) },
    );
    expect(await bench.interpreter.execute('run', {})).toMatchObject({ status: 'TIMED_OUT' });
  });
});

describe('Choice', () => {
  const choose = async (rule: object, input: unknown) => (run(machine({
    Only: { Type: 'Choice', Choices: [{ ...rule, Next: 'Yes' }], Default: 'No' },
    Yes: { Type: 'Pass', Result: 'yes', End: true },
    No: { Type: 'Pass', Result: 'no', End: true },
  }), input));
  const is = (test: object) => ({ Variable: '$.a', ...test });

  test.each<[object, unknown, string]>([
    [is({ StringEquals: 'x' }), 'x', 'yes'],
    [is({ StringEquals: 'x' }), 'y', 'no'],
    [is({ StringEquals: '7' }), 7, 'no'],
    [is({ BooleanEquals: false }), false, 'yes'],
    [is({ BooleanEquals: false }), null, 'no'],
    [is({ NumericEquals: 0 }), 0, 'yes'],
    [is({ NumericEquals: 0 }), '0', 'no'],
    [is({ NumericGreaterThanEquals: 5 }), 5, 'yes'],
    [is({ NumericGreaterThanEquals: 5 }), 4, 'no'],
    [is({ NumericGreaterThanEquals: 5 }), '6', 'no'],
    [is({ NumericLessThan: 5 }), 4, 'yes'],
    [is({ NumericLessThan: 5 }), 5, 'no'],
    [is({ NumericLessThan: 5 }), null, 'no'],
    [is({ IsPresent: true }), null, 'yes'],
    [is({ IsPresent: false }), undefined, 'yes'],
    [{ Variable: '$.b', IsPresent: true }, 1, 'no'],
    [{ And: [is({ NumericGreaterThanEquals: 1 }), is({ NumericLessThan: 3 })] }, 2, 'yes'],
    [{ And: [is({ NumericGreaterThanEquals: 1 }), is({ NumericLessThan: 3 })] }, 3, 'no'],
    [{ Or: [is({ StringEquals: 'x' }), is({ StringEquals: 'y' })] }, 'y', 'yes'],
    [{ Or: [is({ StringEquals: 'x' }), is({ StringEquals: 'y' })] }, 'z', 'no'],
    [{ Not: is({ StringEquals: 'x' }) }, 'y', 'yes'],
    [{ Not: is({ StringEquals: 'x' }) }, 'x', 'no'],
    [{ And: [{ Variable: '$.b', IsPresent: true }, { Variable: '$.b', StringEquals: 'x' }] }, 'x', 'no'],
  ])('%j of %j is %s', async (rule, a, expected) => {
    expect((await choose(rule, { a })).output).toBe(expected);
  });

  test('a comparison with a missing value fails the execution', async () => {
    expect(await choose({ Variable: '$.b', StringEquals: 'x' }, {})).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
  });

  test('the first rule that is true applies; without one and without a Default, the execution fails', async () => {
    const definition = machine({
      Only: {
        Type: 'Choice',
        Choices: [{ ...is({ NumericLessThan: 5 }), Next: 'Small' }, { ...is({ NumericLessThan: 9 }), Next: 'Large' }],
      },
      Small: { Type: 'Pass', Result: 'small', End: true },
      Large: { Type: 'Pass', Result: 'large', End: true },
    });
    expect((await run(definition, { a: 4 })).output).toBe('small');
    expect((await run(definition, { a: 8 })).output).toBe('large');
    expect(await run(definition, { a: 9 })).toMatchObject({ status: 'FAILED', error: 'States.NoChoiceMatched' });
  });
});

describe('Wait', () => {
  test('moves the clock, and outputs its input', async () => {
    const { interpreter, passed } = aBench(machine({
      First: { Type: 'Wait', Seconds: 86_400, Next: 'Second' },
      Second: { Type: 'Wait', SecondsPath: '$.seconds', End: true },
    }));
    expect(await interpreter.execute('run', { seconds: 600 })).toMatchObject({ output: { seconds: 600 } });
    expect(passed()).toBe(87_000);
  });

  test.each([{}, { seconds: -1 }, { seconds: '600' }, { seconds: 0.5 }])('fails for the input %j', async (input) => {
    expect(await run(machine({ Only: { Type: 'Wait', SecondsPath: '$.seconds', End: true } }), input))
      .toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
  });
});

test('Succeed outputs its input; Fail has its error and cause', async () => {
  expect(await run(machine({ Only: { Type: 'Succeed' } }), { a: 1 })).toEqual({ status: 'SUCCEEDED', output: { a: 1 }, events: 4 });
  expect(await run(machine({ Only: { Type: 'Fail', Error: 'CensusNotZero', Cause: 'records are left' } }), {}))
    .toEqual({ status: 'FAILED', error: 'CensusNotZero', cause: 'records are left', events: 2 });
  expect(await run(machine({ Only: { Type: 'Fail' } }), {})).toEqual({ status: 'FAILED', events: 2 });
});
