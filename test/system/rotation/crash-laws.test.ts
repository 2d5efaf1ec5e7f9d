import { DisableKeyCommand, EnableKeyCommand } from '@aws-sdk/client-kms';
import { AccountWorld } from './account-world';
import { familyStack } from './family-stack';
import { expectEmptiedGenerationsEmpty, expectNothingLost, watchLaws } from './laws';
import { intercept } from '../../../local/account/source-functions';

const synthesized = familyStack();

let world: AccountWorld;
beforeEach(async () => {
  world = await AccountWorld.open({}, synthesized);
  await world.writeOrders(4);
});
afterEach(() => world.close());

/** A change from outside, at the moment at which a function relies on the opposite. */
function justBefore(operation: string, act: () => Promise<unknown>): readonly string[] {
  const violations = watchLaws(world);
  let done = false;
  intercept(world.interceptors, {
    call: async (call, proceed) => {
      if (call.operation === operation && !done) {
        done = true;
        await act();
      }
      return proceed();
    },
  });
  return violations;
}

test('the laws notice an alias that moves to a key that cannot encrypt', async () => {
  const violations = justBefore('UpdateAlias', async () => {
    const { keyId } = await world.generation(2);
    await world.kms.send(new DisableKeyCommand({ KeyId: keyId }));
    world.atState('WaitAfterMove', async () => world.kms.send(new EnableKeyCommand({ KeyId: keyId })));
  });
  await world.rotate();
  expect(violations).toEqual([
    'the alias is about to name a key that cannot encrypt: DisabledException',
    'after UpdateAlias the alias names no key that encrypts: DisabledException',
  ]);
});

test('the laws notice a deletion that is scheduled while a record depends on the key', async () => {
  const before = await world.readItem(world.application.orders[2]!);
  await world.rotate();
  const violations = justBefore('ScheduleKeyDeletion', async () => world.putItem(before));
  await world.live(10);
  expect(violations).toEqual([`deletion scheduled while ${before.orderId!.S} depend on it`]);
});

test('the laws notice a changed data key, and a record under a generation that is recorded as empty', async () => {
  const [one, other] = await Promise.all(world.application.orders.slice(0, 2).map(async (order) => world.readItem(order)));
  await world.rotate();
  await expectNothingLost(world);
  await expectEmptiedGenerationsEmpty(world);
  await world.putItem(one!);
  await expect(expectEmptiedGenerationsEmpty(world)).rejects.toThrow(one!.kmsKeyId!.S);
  await world.putItem({ ...one!, dataKey: other!.dataKey! });
  await expect(expectNothingLost(world)).rejects.toThrow(one!.orderId!.S);
});
