import { aBench, functionArn, machine, mapOver, type Functions } from './machine-bench';
import { ExecutionStopped } from '../../../local/step-functions/errors/stopping';

const ANYTHING = { Retry: [{ ErrorEquals: ['States.ALL'] }], Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Caught' }] };
const TWO_STEPS = machine({
  First: { Type: 'Task', Resource: functionArn('first'), ...ANYTHING, Next: 'Second' },
  Second: { Type: 'Task', Resource: functionArn('second'), ...ANYTHING, End: true },
  Caught: { Type: 'Succeed' },
});

/** Functions that note their names, and do what they are told. */
function noting(what: { readonly [name: string]: () => unknown } = {}): { called: string[]; functions: Functions } {
  const called: string[] = [];
  const noted = (name: string) => async () => {
    called.push(name);
    return what[name]?.();
  };
  return { called, functions: { first: noted('first'), second: noted('second') } };
}

test('what a function throws to stop the execution ends it: no Retry, no Catch, no further state', async () => {
  const { called, functions } = noting({ first: () => { throw new ExecutionStopped('Stopped', 'by a test'); } });
  expect(await aBench(TWO_STEPS, functions).interpreter.execute('run', {})).toMatchObject({ status: 'ABORTED', error: 'Stopped', cause: 'by a test' });
  expect(called).toEqual(['first']);
});

test('an observer stops it before a state is performed', async () => {
  const { called, functions } = noting();
  const stateEntered = (name: string) => { if (name === 'Second') throw new ExecutionStopped(); };
  expect(await aBench(TWO_STEPS, functions, [{ stateEntered }]).interpreter.execute('run', {})).toMatchObject({ status: 'ABORTED' });
  expect(called).toEqual(['first']);
});

test('it is stopped from outside, also while a function never answers', async () => {
  let begun!: () => void;
  const running = new Promise<void>((resolve) => { begun = resolve; });
  const { functions } = noting({
    first: async () => {
      begun();
      await new Promise(() => undefined);
    },
  });
  const execution = aBench(TWO_STEPS, functions).interpreter.start('run', {});
  await running;
  execution.stop('Stopped', 'by somebody');
  expect(await execution.result).toMatchObject({ status: 'ABORTED', error: 'Stopped', cause: 'by somebody' });
});

test('one child stops the whole execution', async () => {
  let calls = 0;
  const definition = machine({
    All: {
      ...mapOver({ Work: { Type: 'Task', Resource: functionArn('worker'), End: true, Retry: [{ ErrorEquals: ['States.ALL'] }] } }, { MaxConcurrency: 2 }),
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

test('what breaks an observer breaks the execution, and is not taken for an error of a state', async () => {
  const { functions } = noting();
  const { interpreter } = aBench(TWO_STEPS, functions, [{ stateEntered: () => { throw new Error('expected something else'); } }]);
  await expect(interpreter.execute('run', {})).rejects.toThrow('expected something else');
});
