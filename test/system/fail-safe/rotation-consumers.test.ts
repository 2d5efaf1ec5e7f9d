import { CreateKeyCommand, DecryptCommand, EncryptCommand } from '@aws-sdk/client-kms';
import { OnConsumerFailure, RotationSchedule } from '../../../src/index';
import { AccountWorld } from '../rotation/account-world';
import { failToDecrypt } from '../rotation/failing-decrypt';
import { ALIAS, familyStack } from '../rotation/family-stack';
import { expectAllIntact, expectRotation } from '../rotation/stages';
import { ACCEPTED, isWatchEvent } from '../rotation/watch-events';

/** Consumers that fail after the alias has moved, and accounts in which no failure would be seen. */
const MINUTE = 60_000;
const STACK = familyStack();

let world: AccountWorld;
afterEach(() => world.close());

async function open(stack = STACK): Promise<void> {
  world = await AccountWorld.open({}, stack);
  await world.writeOrders(4);
}

/** A consumer that passes the alias to Decrypt: it fails as soon as the alias has moved. Writes an order as well. */
function failAfterMove(): void {
  world.atState('WaitAfterMove', async () => {
    await world.writeOrders(1);
    await failToDecrypt(world, await world.readItem(world.application.orders[0]!), ALIAS);
  });
}

/** The moments at which states are entered. */
function timesOf(...states: string[]): { readonly [state: string]: number } {
  const times: { [state: string]: number } = {};
  for (const state of states) world.atState(state, async () => void (times[state] = world.account.clock.now().getTime()));
  return times;
}

function logged(event: string): string[] {
  return world.lines.filter((line) => line.includes(`"${event}"`));
}

function moves(): number {
  return world.countCalls('UpdateAlias');
}

async function expectRolledBack(): Promise<void> {
  expect(await world.generations()).toEqual(['1 Enabled current', '2 Enabled next']);
  expect(await world.unreadableOrders()).toEqual([]);
  expect(await world.encryptsThroughAlias()).toBe(true);
}

describe('a consumer that fails after the move', () => {
  test('moves the alias back within minutes, and no reconcile run moves it again; an operator does', async () => {
    await open();
    const times = timesOf('MoveAlias', 'MoveAliasBack');
    failAfterMove();
    await world.live(91);
    await expectRolledBack();
    expect(times.MoveAliasBack! - times.MoveAlias!).toBeLessThanOrEqual(2 * MINUTE);
    await world.live(20);
    expect(moves()).toBe(2);
    expect(logged('rotation-held').length).toBeGreaterThanOrEqual(20);
    await expectRotation(world);
    await expectAllIntact(world);
    expect((await world.generation(2)).rolledBack).toBeUndefined();
  });

  test('is tried again by the reconcile run after a deployment that changes the rotating key', async () => {
    await open();
    failAfterMove();
    await world.live(91);
    await expectRolledBack();
    await world.account.deploy(familyStack({ props: { maxPasses: 7 } }));
    await world.live(1);
    expect(await world.generations()).toEqual(['1 Enabled fenced', '2 Enabled current']);
    await expectAllIntact(world);
  });

  test('with rotation on request, no reconcile run moves the alias again, also after a deployment', async () => {
    const onRequest = (maxPasses: number) => familyStack({ props: { schedule: RotationSchedule.onRequest(), maxPasses } });
    await open(onRequest(5));
    failAfterMove();
    expect((await world.rotate()).result?.error).toBe('ConsumersFailed');
    await world.account.deploy(onRequest(6));
    await world.live(10);
    await expectRolledBack();
    expect(moves()).toBe(2);
  });

  test('is found in a later rotation although its event is 14 minutes late', async () => {
    await open();
    await expectRotation(world);
    const late: { readonly due: number; readonly deliver: () => Promise<unknown> }[] = [];
    world.interceptors.invocation = async (_, event, proceed) => {
      const now = world.account.clock.now().getTime();
      if (!isWatchEvent(event)) {
        for (const { deliver } of late.splice(0, late.filter(({ due }) => due <= now).length)) await deliver();
        return proceed();
      }
      late.push({ due: now + 14 * MINUTE, deliver: proceed });
      return ACCEPTED;
    };
    world.atState('WaitAfterMove', async () => {
      const { dataKey, tenantId } = await world.readItem(world.application.orders[0]!);
      const context = { tenant: tenantId?.S ?? '', purpose: 'orders' };
      const request = new DecryptCommand({ KeyId: ALIAS, CiphertextBlob: dataKey?.B, EncryptionContext: context });
      await expect(world.kms.send(request)).rejects.toThrow('key ID');
    });
    expect((await world.rotate()).result?.error).toBe('ConsumersFailed');
    expect((await world.generations()).slice(1)).toEqual(['2 Enabled current', '3 Enabled next']);
    expect(await world.unreadableOrders()).toEqual([]);
  });
});

test('a principal that failed in the same way before the move does not move the alias back', async () => {
  await open();
  // It tries to decrypt what another key has encrypted.
  const { KeyMetadata } = await world.kms.send(new CreateKeyCommand({}));
  const { CiphertextBlob } = await world.kms.send(new EncryptCommand({ KeyId: KeyMetadata?.KeyId, Plaintext: Buffer.from('other') }));
  const fail = async () => failToDecrypt(world, { dataKey: { B: CiphertextBlob as Uint8Array } }, ALIAS);
  await fail();
  await world.live(1);
  world.atState('WaitAfterMove', fail);
  await expectRotation(world);
  expect(logged('consumer-failure-detected')).toEqual([]);
  await expectAllIntact(world);
});

describe('without a trail', () => {
  const loseEvents = () => {
    world.interceptors.invocation = async (_, event, proceed) => (isWatchEvent(event) ? ACCEPTED : proceed());
  };

  test('a rotation that must be able to roll back does not move the alias, and reports what the account lacks', async () => {
    await open(familyStack({ props: { onConsumerFailure: OnConsumerFailure.ROLL_BACK } }));
    loseEvents();
    const { result } = await world.rotate();
    expect(result).toMatchObject({ error: 'WatchNotProven', cause: expect.stringMatching(/no event of its own probe.*CloudTrail trail/) });
    expect(await world.generations()).toEqual(['1 Enabled current', '2 Enabled next']);
    expect(moves()).toBe(0);
    world.interceptors.invocation = (_, __, proceed) => proceed();
    await expectRotation(world);
    expect((await world.generation(1)).consumerWatch).toBe('proven');
  });

  test('by default the rotation continues, and reports in log, metric and certificate that silence proves nothing', async () => {
    await open();
    loseEvents();
    await expectRotation(world);
    expect(logged('consumer-watch-unknown')).toHaveLength(1);
    expect(world.lines.filter((line) => line.includes('"ConsumerWatchUnknown":1'))).toHaveLength(1);
    await world.live(2);
    expect(world.certificates()).toMatchObject([{ consumerWatch: 'unknown' }]);
  });
});
