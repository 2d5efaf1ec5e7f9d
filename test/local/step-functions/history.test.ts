import { failure, functionArn, machine, mapOver, run } from './machine-bench';

const worker = (fields: object = {}) => ({ Type: 'Task', Resource: functionArn('worker'), ...fields });
const MOST = 25_000;

test('a state has two events, an invocation three more, a Map run two more, and the execution one at each end', async () => {
  const functions = { worker: async () => ({}) };
  expect(await run(machine({ A: { Type: 'Pass', End: true } }), {})).toMatchObject({ events: 4 });
  expect(await run(machine({ A: { ...worker(), End: true } }), {}, functions)).toMatchObject({ events: 7 });
  expect(await run(machine({ A: { ...mapOver({ B: { ...worker(), End: true } }), End: true } }), [1, 2, 3], functions)).toMatchObject({ events: 6 });
});

test('every attempt of a function counts', async () => {
  let failures = 2;
  expect(await run(machine({ A: { ...worker({ Retry: [{ ErrorEquals: ['States.ALL'] }] }), End: true } }), {}, {
    worker: async () => {
      failures -= 1;
      if (failures >= 0) throw failure('A');
    },
  })).toMatchObject({ events: 13 });
});

/** A loop of a Task and a Choice, as often as the input says: a worker that hands on its cursor. */
const LOOP = {
  Work: { ...worker({ ResultPath: '$.left' }), Next: 'More' },
  More: { Type: 'Choice', Choices: [{ Variable: '$.left', NumericEquals: 0, Next: 'Done' }], Default: 'Work' },
  Done: { Type: 'Succeed' },
};
const countDown = async (payload: unknown) => (payload as { left: number }).left - 1;
/** Of 25,000 events four are the ends of the execution and Done; a round has seven. */
const MOST_ROUNDS = Math.floor((MOST - 4) / 7);

test('an execution may have 25,000 events, the last for its good end', async () => {
  const last = await run(machine(LOOP), { left: MOST_ROUNDS }, { worker: countDown });
  expect(last).toMatchObject({ status: 'SUCCEEDED' });
  expect(last.events).toBeLessThanOrEqual(MOST);
  expect(await run(machine(LOOP), { left: MOST_ROUNDS + 1 }, { worker: countDown })).toMatchObject({
    status: 'FAILED', error: 'States.Runtime', cause: 'The execution reached the maximum number of history events (25000).',
  });
});

test('every child of a Map has a history of its own', async () => {
  const rounds = Math.ceil(MOST_ROUNDS / 2);
  const items = [{ left: rounds }, { left: rounds }, { left: rounds }];
  expect(await run(machine({ A: { ...mapOver(LOOP), End: true } }), items, { worker: countDown })).toMatchObject({ status: 'SUCCEEDED', events: 6 });
  expect(await run(machine({ A: { ...mapOver(LOOP), End: true } }), [{ left: MOST_ROUNDS + 1 }], { worker: countDown })).toMatchObject({
    status: 'FAILED', error: 'States.ExceedToleratedFailureThreshold',
  });
});
