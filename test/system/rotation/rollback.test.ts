import { AccountWorld, afterReconcile } from './account-world';
import { familyStack } from './family-stack';
import { ALL_STAGES, errors, expectAllIntact, expectRotation, ROTATION_STATES, runUntil, STAGES } from './stages';
import { readWith, stateOf } from '../fail-safe/retirement-life';

const STACK = familyStack();
const PAUSED = familyStack({ props: { paused: true } });

let world: AccountWorld;
beforeEach(async () => {
  world = await AccountWorld.open({}, STACK);
  await world.writeOrders(4);
});
afterEach(() => world.close());

/** Expects, on entry of every later state, that the alias encrypts and that all orders can be decrypted. */
function watchEachState(): { readonly failures: string[]; readonly entered: string[] } {
  const failures: string[] = [];
  const entered: string[] = [];
  world.atEachState(async (state) => {
    entered.push(state);
    await world.encryptsThroughAlias().catch((error: Error) => failures.push(`before ${state}, the alias: ${error.message}`));
  });
  return { failures, entered };
}

/**
 * Generation 1 is current again, all data keys are encrypted under it, and every other generation is fenced and empty.
 */
async function expectRolledBack(): Promise<void> {
  const { failures } = watchEachState();
  await expectRotation(world, { rollBackTo: 1 });
  expect(failures).toEqual([]);
  const { current, generations } = await world.readFamily();
  expect([current.generation, current.phase, current.keyState]).toEqual([1, 'current', 'Enabled']);
  const { fencedSince, emptiedSince, certifiedSince, disabledSince, recountedAt } = current;
  expect([fencedSince, emptiedSince, certifiedSince, disabledSince, recountedAt].filter((proven) => proven !== undefined)).toEqual([]);
  for (const other of generations.slice(1)) {
    expect(other).toMatchObject({ phase: 'fenced', fencedSince: expect.any(String), emptiedSince: expect.any(String) });
  }
  expect(await world.encryptsThroughAlias()).toBe(true);
  await expectAllIntact(world);
}

/** Generation numbers are never reused, also after a rollback. */
async function expectRotationTo(generation: number): Promise<void> {
  const { failures } = watchEachState();
  await expectRotation(world);
  expect(failures).toEqual([]);
  expect((await world.readFamily()).current.generation).toBe(generation);
  await expectAllIntact(world);
}

test('these are the states of a rotation', async () => {
  const { failures, entered } = watchEachState();
  await expectRotation(world);
  expect([...new Set(entered)].sort()).toEqual([...ROTATION_STATES].sort());
  expect(failures).toEqual([]);
});

describe('stopped at', () => {
  test.each(ROTATION_STATES)('%s, a rotation can be rolled back', async (state) => {
    const { failures } = watchEachState();
    world.stopAtState(state);
    expect((await world.rotate()).status).toBe('ABORTED');
    expect(failures).toEqual([]);
    await world.writeOrders(2);
    expect(await world.unreadableOrders()).toEqual([]);
    const created = (await world.readFamily()).generations.length;
    await expectRolledBack();
    await world.writeOrders(2);
    await expectRotationTo(created + 1);
  });
});

test.each(['Plan', 'RestoreGeneration', 'WaitAfterRestore', 'MoveAlias', 'WaitAfterMove', 'Fence', 'ReEncrypt', 'ConcludeRotation'])(
  'a rollback that was stopped at %s is finished by the next one', async (state) => {
    await expectRotation(world);
    await world.writeOrders(2);
    world.stopAtState(state);
    expect((await world.rotate({ rollBackTo: 1 })).status).toBe('ABORTED');
    expect(await world.unreadableOrders()).toEqual([]);
    expect(await world.encryptsThroughAlias()).toBe(true);
    await expectRolledBack();
    await expectRotationTo(3);
  });

describe('from retirement', () => {
  beforeEach(() => expectRotation(world));

  test.each(ALL_STAGES)('in stage %s, a rollback succeeds', async (stage) => {
    await runUntil(world, STAGES[stage]);
    await world.writeOrders(2);
    await expectRolledBack();
    expect(await world.generations()).toEqual(['1 Enabled current', '2 Enabled fenced']);
    // From here on generation 2 is retired.
    await world.account.runUntil('generation 2 is deleted', async () => (await world.generations()).length === 1, 40);
    await expectAllIntact(world);
    await expectRotation(world);
    expect(await world.generations()).toEqual(['1 Enabled fenced', '3 Enabled current']);
  });

  test.each(ALL_STAGES)('in stage %s, a rollback succeeds also while the family is paused', async (stage) => {
    await runUntil(world, STAGES[stage]);
    await world.account.deploy(PAUSED);
    const { result } = await world.rotate();
    expect(result).toMatchObject({ error: 'InvalidRequest', cause: expect.stringMatching(/family is paused.*rollBackTo/) });
    await expectRolledBack();
    await world.live(3);
    expect(await world.generations()).toEqual(['1 Enabled current', '2 Enabled fenced']);
    await world.account.deploy(STACK);
    await expectRotationTo(3);
  });

  test('a rollback to a deleted generation is refused', async () => {
    await runUntil(world, '2 Enabled current');
    const { result } = await world.rotate({ rollBackTo: 1 });
    expect(result).toMatchObject({
      error: 'InvalidRequest',
      cause: expect.stringMatching(/does not exist, or was deleted.*allowed: generation 2/),
    });
    expect(await world.generations()).toEqual(['2 Enabled current']);
  });

  test('after a cancelled deletion the soak starts again, and the generation is deleted later', async () => {
    await runUntil(world, STAGES['the pending window']);
    expect((await world.run('retirement', { generation: 1, cancelDeletion: true })).status).toBe('SUCCEEDED');
    expect((await world.generations())[0]).toBe(STAGES.soak);
    // The next reconcile run does not schedule a deletion again that an operator has cancelled.
    await world.live(1);
    expect((await world.generations())[0]).toBe(STAGES.soak);
    await runUntil(world, STAGES['the pending window']);
    await runUntil(world, '2 Enabled current');
    expect(world.countCalls('ScheduleKeyDeletion')).toBe(2);
    expect(errors(world)).toEqual([]);
    await expectAllIntact(world);
  });

  test('a pause cancels a deletion, and the retirement continues after the pause', async () => {
    await runUntil(world, STAGES['the pending window']);
    await world.account.deploy(PAUSED);
    await world.live(10);
    expect((await world.generations())[0]).toBe(STAGES.soak);
    await world.account.deploy(STACK);
    await runUntil(world, '2 Enabled current');
    await expectAllIntact(world);
  });
});

test('generations are deleted one after the other after rollbacks: no number is used again', async () => {
  const old = await world.readItem(world.application.orders[0]!);
  await world.rotate();
  await world.rotate();
  await world.rotate({ rollBackTo: 2 });
  const deleted = async (keyId: string) => await stateOf(world, keyId) === 'NotFoundException';
  const [, two, three] = (await world.readFamily()).generations.map(({ keyId }) => keyId) as [string, string, string];
  // Generation 1 is used every day, so that only generation 3 is deleted.
  await world.account.runUntil('3 is deleted', async () => deleted(three), 40, afterReconcile(async () => {
    await readWith(world, old);
  }));
  await world.rotate({ rollBackTo: 1 });
  await world.account.runUntil('2 is deleted', async () => deleted(two), 40);
  await world.rotate();
  expect((await world.readFamily()).current.generation).toBe(4);
});
