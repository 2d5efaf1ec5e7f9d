import { aBench, functionArn, machine, mapOver, type Functions } from './machine-bench';
import { ExecutionStopped } from '../../../local/step-functions/errors/stopping';

const RETRY_ALL = { Retry: [{ ErrorEquals: ['States.ALL'] }] };
const RETRY_AND_CATCH_ALL = { ...RETRY_ALL, Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Caught' }] };
const TWO_STEPS = machine({
  First: { Type: 'Task', Resource: functionArn('first'), ...RETRY_AND_CATCH_ALL, Next: 'Second' },
  Second: { Type: 'Task', Resource: functionArn('second'), ...RETRY_AND_CATCH_ALL, End: true },
  Caught: { Type: 'Succeed' },
});

/** Functions that record their names and then do what is given. */
function recording(behavior: { readonly [name: string]: () => unknown } = {}): { called: string[]; functions: Functions } {
  const called: string[] = [];
  const recorded = (name: string) => async () => {
    called.push(name);
    return behavior[name]?.();
  };
  return { called, functions: { first: recorded('first'), second: recorded('second') } };
}

test('ExecutionStopped from a function stops the execution without Retry, Catch and further states', async () => {
  const { called, functions } = recording({ first: () => { throw new ExecutionStopped('Stopped', 'by a test'); } });
  expect(await aBench(TWO_STEPS, functions).interpreter.execute('run', {})).toMatchObject({
    status: 'ABORTED',
    error: 'Stopped',
    cause: 'by a test',
  });
  expect(called).toEqual(['first']);
});

test('ExecutionStopped from an observer stops the execution before the state runs', async () => {
  const { called, functions } = recording();
  const stateEntered = (name: string) => { if (name === 'Second') throw new ExecutionStopped(); };
  expect(await aBench(TWO_STEPS, functions, [{ stateEntered }]).interpreter.execute('run', {})).toMatchObject({ status: 'ABORTED' });
  expect(called).toEqual(['first']);
});

test('an execution can be stopped while a function does not return', async () => {
  let begun!: () => void;
  const running = new Promise<void>((resolve) => { begun = resolve; });
  const { functions } = recording({
    first: async () => {
      begun();
      await new Promise(() => undefined);
    },
  });
  const execution = aBench(TWO_STEPS, functions).interpreter.start('run', {});
  await running;
  execution.stop('Stopped', 'by the operator');
  expect(await execution.result).toMatchObject({ status: 'ABORTED', error: 'Stopped', cause: 'by the operator' });
});

test('ExecutionStopped in a child stops the whole execution', async () => {
  let calls = 0;
  const definition = machine({
    All: {
      ...mapOver({ Work: { Type: 'Task', Resource: functionArn('worker'), End: true, ...RETRY_ALL } }, { MaxConcurrency: 2 }),
      Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Caught' }],
      End: true,
    },
    Caught: { Type: 'Succeed' },
  });
  const { interpreter } = aBench(definition, {
    worker: async () => {
      calls += 1;
      throw new ExecutionStopped();
    },
  });
  expect(await interpreter.execute('run', [1, 2, 3, 4, 5])).toMatchObject({ status: 'ABORTED' });
  expect(calls).toBeLessThanOrEqual(2);
});

test('an error of an observer is thrown, and is not an error of a state', async () => {
  const { functions } = recording();
  const stateEntered = () => { throw new Error('expected something else'); };
  const { interpreter } = aBench(TWO_STEPS, functions, [{ stateEntered }]);
  await expect(interpreter.execute('run', {})).rejects.toThrow('expected something else');
});
