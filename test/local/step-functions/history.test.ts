import { failure, functionArn, machine, mapOver, run } from './machine-bench';

const worker = (fields: object = {}) => ({ Type: 'Task', Resource: functionArn('worker'), ...fields });
const MAX = 25_000;

test('a state has two events, an invocation three more, a Map Run two more, and an execution two', async () => {
  const functions = { worker: async () => ({}) };
  expect(await run(machine({ A: { Type: 'Pass', End: true } }), {})).toMatchObject({ events: 4 });
  expect(await run(machine({ A: { ...worker(), End: true } }), {}, functions)).toMatchObject({ events: 7 });
  const overItems = machine({ A: { ...mapOver({ B: { ...worker(), End: true } }), End: true } });
  expect(await run(overItems, [1, 2, 3], functions)).toMatchObject({ events: 6 });
});

test('every attempt to invoke a function has its own events', async () => {
  let failures = 2;
  expect(await run(machine({ A: { ...worker({ Retry: [{ ErrorEquals: ['States.ALL'] }] }), End: true } }), {}, {
    worker: async () => {
      failures -= 1;
      if (failures >= 0) throw failure('A');
    },
  })).toMatchObject({ events: 13 });
});

/** A loop of a Task and a Choice, as many times as the input says. */
const LOOP = {
  Work: { ...worker({ ResultPath: '$.left' }), Next: 'More' },
  More: { Type: 'Choice', Choices: [{ Variable: '$.left', NumericEquals: 0, Next: 'Done' }], Default: 'Work' },
  Done: { Type: 'Succeed' },
};
const countDown = async (payload: unknown) => (payload as { left: number }).left - 1;
/** Of 25,000 events, two are those of the execution and two those of `Done`. A round has seven. */
const MAX_ROUNDS = Math.floor((MAX - 4) / 7);

test('an execution has at most 25,000 events, the last of which is its success', async () => {
  const last = await run(machine(LOOP), { left: MAX_ROUNDS }, { worker: countDown });
  expect(last).toMatchObject({ status: 'SUCCEEDED' });
  expect(last.events).toBeLessThanOrEqual(MAX);
  expect(await run(machine(LOOP), { left: MAX_ROUNDS + 1 }, { worker: countDown })).toMatchObject({
    status: 'FAILED', error: 'States.Runtime', cause: 'The execution reached the maximum number of history events (25000).',
  });
});

test('every child of a Map has its own history', async () => {
  const rounds = Math.ceil(MAX_ROUNDS / 2);
  const items = [{ left: rounds }, { left: rounds }, { left: rounds }];
  const overItems = machine({ A: { ...mapOver(LOOP), End: true } });
  expect(await run(overItems, items, { worker: countDown })).toMatchObject({ status: 'SUCCEEDED', events: 6 });
  expect(await run(overItems, [{ left: MAX_ROUNDS + 1 }], { worker: countDown })).toMatchObject({
    status: 'FAILED', error: 'States.ExceedToleratedFailureThreshold',
  });
});
