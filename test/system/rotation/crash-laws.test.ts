import { DisableKeyCommand, EnableKeyCommand } from '@aws-sdk/client-kms';
import { familyStack } from './family-stack';
import { FamilyWorld } from './family-world';
import { expectEmptyWhereSaid, expectNothingLost, watchLaws } from './laws';
import { intercept } from './source-functions';

const synthesized = familyStack();

let world: FamilyWorld;
beforeEach(async () => {
  world = await FamilyWorld.open({}, synthesized);
  await world.writeOrders(4);
});
afterEach(() => world.close());

/** Something that no law of ours forbids the world, in the very moment in which a function relies on the opposite. */
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

test('the laws notice an alias that comes to a key that cannot encrypt', async () => {
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

test('the laws notice a data key that is not what it was, and a generation that is not empty as it is said to be', async () => {
  const [one, other] = await Promise.all(world.application.orders.slice(0, 2).map(async (order) => world.readItem(order)));
  await world.rotate();
  await expectNothingLost(world);
  await expectEmptyWhereSaid(world);
  await world.putItem(one!);
  await expect(expectEmptyWhereSaid(world)).rejects.toThrow(one!.kmsKeyId!.S);
  await world.putItem({ ...one!, dataKey: other!.dataKey! });
  await expect(expectNothingLost(world)).rejects.toThrow(one!.orderId!.S);
});
