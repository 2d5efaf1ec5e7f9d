import { Duration } from 'aws-cdk-lib';
import { crossed, DAY, AccountWorld, type Item } from './account-world';
import { failToDecrypt } from './failing-decrypt';
import { FailingFirst } from './failing-first';
import { familyStack } from './family-stack';
import type { WrittenOrder } from '../../../local/demo/orders-application';
import type { ShardProgress } from '../../../src/contract/runs/reencryption';
import { Deletion } from '../../../src/index';

/** Every state and transition of the retirement machine, by executions of the synthesized definition. */
const STACK = familyStack({
  props: {
    deletion: Deletion.afterProof({
      observationPeriod: Duration.days(1), soakPeriod: Duration.days(2), backupRetention: Duration.days(0), pendingWindow: Duration.days(7),
    }),
  },
});
const HOUR = DAY / 24;

describe('the retirement machine', () => {
  let world: AccountWorld;
  let states: FailingFirst;
  /** The item of an order before the rotation. */
  let itemOfBefore: Item;

  beforeEach(async () => {
    world = await AccountWorld.open({}, STACK);
    await world.writeOrders(9);
    itemOfBefore = await world.readItem(world.application.orders[0] as WrittenOrder);
    await rotate();
    states = new FailingFirst(world);
  });

  afterEach(() => world.close());

  /** These tests retire generation 1. After each test a rotation empties it again. */
  async function rotate(): Promise<void> {
    expect((await world.rotate()).result).toMatchObject({ status: 'SUCCEEDED' });
  }

  function advanceClock(milliseconds: number): void {
    world.account.laptop.kms.clock.advance(milliseconds);
  }

  /** The state in which an execution ended, and its error, if there is one. */
  async function retire(input: object = {}): Promise<string> {
    const { result } = await world.run('retirement', { generation: 1, ...input });
    return [states.entered.at(-1), result?.error].filter((part) => part !== undefined).join(' ');
  }

  async function generation1(): Promise<string> {
    const [oldest] = await world.generations();
    return oldest as string;
  }

  async function soak(): Promise<void> {
    advanceClock(2 * HOUR);
    expect(await retire()).toBe('Certified');
    advanceClock(DAY);
    expect(await retire()).toBe('InSoak');
  }

  test('retires a generation, although every step fails first', async () => {
    expect(await retire()).toBe('NothingDue');
    await soak();
    expect(await generation1()).toBe('1 Disabled retiring');
    advanceClock(DAY);
    expect(await retire()).toBe('InSoak');
    advanceClock(DAY);
    expect(await retire()).toBe('DeletionScheduled');
    expect(await generation1()).toBe('1 PendingDeletion retiring');
    advanceClock(3 * DAY);
    expect(await retire()).toBe('DeletionContinues');
    advanceClock(3 * DAY);
    expect(await retire({ cancelDeletion: true })).toBe('DeletionCancelled');
    expect(await generation1()).toBe('1 Disabled retiring');

    expect(states.times('CountShard')).toBeGreaterThan(states.times('Count') * 2);
    expect(states.notFailedEnough()).toEqual([]);
    expect(world.certificates()).toHaveLength(1);
    expect(await world.unreadableOrders()).toEqual([]);
  });

  test('starts over when a consumer calls Decrypt for a generation in soak', async () => {
    await soak();
    await failToDecrypt(world, itemOfBefore);
    expect(await retire()).toBe('StillInUse StillInUse');
    expect(states.notFailedEnough()).toEqual([]);
    expect(await generation1()).toBe('1 Enabled fenced');
  });

  test('ends when no deletion is declared any more', async () => {
    await soak();
    await world.account.deploy(familyStack({ props: { deletion: undefined } }));
    expect(await retire()).toBe('RetirementEnded');
    expect(states.notFailedEnough()).toEqual([]);
    expect(await generation1()).toBe('1 Enabled fenced');
  });

  test('starts over when a count finds a record', async () => {
    advanceClock(2 * HOUR);
    await world.putItem(itemOfBefore);
    expect(await retire()).toBe('StillInUse StillInUse');
    expect(await generation1()).toBe('1 Enabled fenced');
    expect(await world.unreadableOrders()).toEqual([]);
    expect(await retire()).toBe('NothingDue');
    await rotate();
    advanceClock(2 * HOUR);
    expect(await retire()).toBe('Certified');
  });

  test('ends when a shard takes too long', async () => {
    const { invocation } = world.interceptors;
    // So many records do not fit into a test, so the answer of the worker is invented.
    world.interceptors.invocation = async (asset, event, proceed) => {
      const answer = await invocation(asset, event, proceed);
      return asset === 'worker' ? { finished: false, sequence: 2000 } satisfies ShardProgress : answer;
    };
    advanceClock(2 * HOUR);
    expect(await retire()).toBe('CountShardTooLong States.ExceedToleratedFailureThreshold');
    expect(world.certificates()).toEqual([]);
  });
});

test('every state and every transition of the retirement machine has been crossed', () => {
  console.log(crossed.summary().split('\n').find((line) => line.startsWith('Retirement: ')));
  expect(crossed.uncovered().filter((missing) => missing.startsWith('Retirement: '))).toEqual([]);
});
