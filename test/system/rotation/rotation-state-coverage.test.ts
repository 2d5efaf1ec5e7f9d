import { crossed, AccountWorld } from './account-world';
import { failToDecrypt, failToEncrypt } from './failing-decrypt';
import { FailingFirst } from './failing-first';
import { ALIAS, familyStack } from './family-stack';
import type { WrittenOrder } from '../../../local/demo/orders-application';
import type { LocalExecution } from '../../../local/step-functions/service/local-execution';
import type { PassMode, ShardProgress } from '../../../src/contract/runs/reencryption';

/** Every state and transition of the rotation machine, by executions of the synthesized definition. */
const STACK = familyStack();
const ORDERS = 9;

describe('the rotation machine', () => {
  let world: AccountWorld;
  let states: FailingFirst;

  beforeEach(async () => {
    world = await AccountWorld.open({}, STACK);
    await world.writeOrders(ORDERS);
    states = new FailingFirst(world);
  });

  afterEach(() => world.close());

  function firstOrder(): WrittenOrder {
    return world.application.orders[0] as WrittenOrder;
  }

  async function expectIntactUnder(generation: number): Promise<void> {
    expect((await world.readFamily()).current.generation).toBe(generation);
    expect(await world.unreadableOrders()).toEqual([]);
  }

  /** Propagation of a key policy takes time: the fence is in force only after so many probes. */
  function delayFence(waits: number): void {
    const delayed: (() => Promise<unknown>)[] = [];
    world.interceptors.call = async ({ operation }, proceed) => {
      const tooEarly = states.times('Fence') > 0 && states.times('WaitForFence') < waits;
      if (tooEarly && operation === 'PutKeyPolicy') {
        delayed.push(proceed);
        return { output: {} };
      }
      if (!tooEarly) for (const put of delayed.splice(0)) await put();
      return proceed();
    };
  }

  /**
   * Shards that reach the last round. So many records do not fit into a test, so the answer of the worker is invented.
   */
  function exceedShardInvocations(): { in?: PassMode } {
    const tooLong: { in?: PassMode } = {};
    const { invocation } = world.interceptors;
    world.interceptors.invocation = async (asset, event, proceed) => {
      const answer = await invocation(asset, event, proceed);
      const { step, mode } = event as { step: string; mode?: PassMode };
      return step === 'work-on-shard' && mode === tooLong.in ? { finished: false, sequence: 2000 } satisfies ShardProgress : answer;
    };
    return tooLong;
  }

  test('rotates, although every step fails first, the fence comes late, and a writer brings an old data key back', async () => {
    const itemOfBefore = await world.readItem(firstOrder());
    world.atState('BeginCensus', () => world.putItem(itemOfBefore));
    delayFence(3);

    expect(endOf(await world.rotate())).toBe('SUCCEEDED');

    expect(states.times('ProbeFence')).toBe(4);
    expect(states.times('BeginPass')).toBe(2);
    expect(states.times('ReEncryptShard')).toBeGreaterThan(states.times('ReEncrypt') * 2);
    expect(states.notFailedEnough()).toEqual([]);
    expect(await world.checkOrders()).toEqual(Array(ORDERS).fill('intact'));
    await expectIntactUnder(2);
  });

  test('does nothing when the requested rotation is already done', async () => {
    expect(endOf(await world.rotate({ toGeneration: 1 }))).toBe('SUCCEEDED');
    expect(states.entered).toEqual(['DescribeFamily', 'Plan', 'ChooseRotationKind', 'NothingToDo']);
    await expectIntactUnder(1);
  });

  test('ends when a shard takes too long, in either kind of pass, and finishes the next time', async () => {
    const tooLong = exceedShardInvocations();
    for (const mode of ['re-encrypt', 'census'] as const) {
      tooLong.in = mode;
      expect(endOf(await world.rotate())).toMatch(
        /^FAILED States\.ExceedToleratedFailureThreshold .*InvalidRequest: .*needs more than 2000 invocations/,
      );
    }
    delete tooLong.in;
    expect(endOf(await world.rotate())).toBe('SUCCEEDED');
    expect(states.times('MoveAlias')).toBe(1);
    await expectIntactUnder(2);
  });

  test('rolls back to an older generation', async () => {
    expect(endOf(await world.rotate())).toBe('SUCCEEDED');
    expect(endOf(await world.rotate({ rollBackTo: 1 }))).toBe('SUCCEEDED');
    expect(states.notFailedEnough()).toEqual([]);
    await expectIntactUnder(1);
  });

  test('moves the alias back when a consumer fails', async () => {
    const item = await world.readItem(firstOrder());
    world.atState('WaitAfterMove', () => failToDecrypt(world, item, ALIAS));
    expect(endOf(await world.rotate())).toMatch(/^FAILED ConsumersFailed /);
    await expectIntactUnder(1);
  });

  test('lifts the fence and moves the alias back when a principal fails that did not fail before', async () => {
    const { keyId } = await world.generation(1);
    world.atState('WaitForReports', () => failToEncrypt(world, keyId));
    expect(endOf(await world.rotate())).toMatch(/^FAILED ConsumersFailed .*GenerateDataKey/);
    await expectIntactUnder(1);
  });

  test('lifts the fence of a run that was stopped before it saw the failure', async () => {
    const { keyId } = await world.generation(1);
    world.stopAtState('CheckFence');
    world.atState('WaitAfterFence', () => failToEncrypt(world, keyId));
    expect(endOf(await world.rotate())).toMatch(/^ABORTED/);
    expect(endOf(await world.rotate())).toMatch(/^FAILED ConsumersFailed /);
    await expectIntactUnder(1);
  });
});

test('every state and every transition of the rotation machine has been crossed', () => {
  console.log(crossed.summary().split('\n').find((line) => line.startsWith('Rotation: ')));
  expect(crossed.uncovered().filter((missing) => missing.startsWith('Rotation: '))).toEqual([]);
});

/** The status of an execution, and its error. */
function endOf({ status, result }: LocalExecution): string {
  return [status, result?.error, result?.cause].filter((part) => part !== undefined).join(' ');
}
