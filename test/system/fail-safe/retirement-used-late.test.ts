import { DeleteAliasCommand, DescribeKeyCommand } from '@aws-sdk/client-kms';
import { liveThroughFailures, openAt, readWith, stateOf, type RetiringWorld } from './retirement-life';
import { DAY, type AccountWorld } from '../rotation/account-world';
import { ALIAS } from '../rotation/family-stack';

const HOUR = 3_600_000;

let life: RetiringWorld;
let world: AccountWorld;
beforeEach(async () => {
  life = await openAt('the pending window');
  ({ world } = life);
});
afterEach(async () => world.close());

/** The time that remains until KMS deletes the key. */
async function remaining(): Promise<number> {
  const { KeyMetadata } = await world.kms.send(new DescribeKeyCommand({ KeyId: life.keyId }));
  return (KeyMetadata?.DeletionDate?.getTime() ?? NaN) - world.account.clock.now().getTime();
}

/** A restored item is read, which KMS refuses. */
async function readRestored(): Promise<void> {
  await world.putItem(life.old);
  expect(await readWith(world, life.old)).toBe('KMSInvalidStateException');
}

test('a call in the last day of the pending window cancels the deletion, before another reconcile run', async () => {
  while (await remaining() > DAY) await world.live(1);
  await readRestored();
  await world.account.runFor(HOUR);
  expect(await stateOf(world, life.keyId)).toBe('Disabled');
  await liveThroughFailures(world, 2);
  expect(await world.unreadableOrders()).toEqual([]);
});

test('a call cancels the deletion although the first attempt fails, because the event is delivered again', async () => {
  let failures = 0;
  world.interceptors.call = async ({ asset, operation }, proceed) => {
    if (`${asset} ${operation}` !== 'retirement CancelKeyDeletion' || failures > 0) return proceed();
    failures += 1;
    throw Object.assign(new Error('unavailable'), { name: 'ServiceUnavailable' });
  };
  await readRestored();
  await world.account.runFor(3 * HOUR);
  expect([failures, await stateOf(world, life.keyId)]).toEqual([1, 'Disabled']);
});

test('the alias of a generation is deleted after the last count: its deletion is cancelled', async () => {
  await world.live(3);
  await world.breakGlass.send(new DeleteAliasCommand({ AliasName: `${ALIAS}/g1` }));
  await liveThroughFailures(world, 1);
  expect(await stateOf(world, life.keyId)).toBe('Disabled');
});

test('a call to a key whose alias was deleted is recorded, and cancels its deletion', async () => {
  await world.breakGlass.send(new DeleteAliasCommand({ AliasName: `${ALIAS}/g1` }));
  await world.account.runFor(60_000);
  await readRestored();
  await world.account.runFor(HOUR);
  expect(world.evidence().some(([key]) => key.startsWith(`watch/${life.keyId}/`) && !key.includes('probe-'))).toBe(true);
  expect(await stateOf(world, life.keyId)).toBe('Disabled');
});
