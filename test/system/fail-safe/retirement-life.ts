import { DescribeKeyCommand, DecryptCommand, EnableKeyCommand } from '@aws-sdk/client-kms';
import { AccountWorld, type Item } from '../rotation/account-world';
import type { FamilyStackOptions } from '../rotation/family-stack';
import { runUntil, STAGES, type Stage } from '../rotation/stages';

/** A family whose generation 1 was replaced, and one order that an operator can restore from before. */
export interface RetiringWorld {
  readonly world: AccountWorld;
  /** The item of the first order, under generation 1. */
  readonly old: Item;
  /** The key of generation 1. */
  readonly keyId: string;
}

/** Opens an account with orders, rotates, and advances to a stage of the retirement of generation 1. */
export async function openAt(stage: Stage | 'fenced', options: FamilyStackOptions = {}): Promise<RetiringWorld> {
  const world = await AccountWorld.open(options);
  await world.writeOrders(4);
  const old = await world.readItem(world.application.orders[0]!);
  const { keyId } = await world.generation(1);
  await world.rotate();
  if (stage !== 'fenced') await runUntil(world, STAGES[stage]);
  return { world, old, keyId };
}

/** The state of a key, which can be read in any state of its family. */
export async function stateOf(world: AccountWorld, keyId: string): Promise<string> {
  return world.kms.send(new DescribeKeyCommand({ KeyId: keyId })).then(
    ({ KeyMetadata }) => String(KeyMetadata?.KeyState),
    (error: Error) => error.name,
  );
}

/** Advances the clock by days. Reconcile runs may fail. Returns their errors. */
export async function liveThroughFailures(world: AccountWorld, days: number): Promise<string[]> {
  const failures: string[] = [];
  for (let day = 0; day < days; day++) {
    await world.live(1).catch((error: Error) => failures.push(error.name));
    await world.account.idle();
  }
  return failures;
}

/** An application reads an item with the key that its blob needs. Returns the error if there is one. */
export async function readWith(world: AccountWorld, { tenantId, dataKey }: Item): Promise<string> {
  const EncryptionContext = { tenant: tenantId?.S ?? '', purpose: 'orders' };
  const outcome = await world.kms.send(new DecryptCommand({ CiphertextBlob: dataKey?.B, EncryptionContext })).then(
    () => 'read',
    (error: Error) => error.name,
  );
  await world.account.idle();
  return outcome;
}

/** The key was kept. If an operator still has to enable it, all items can be read after that. */
export async function expectReadableAfterEnabling({ world, keyId }: RetiringWorld): Promise<void> {
  if (await stateOf(world, keyId) === 'Disabled') await world.kms.send(new EnableKeyCommand({ KeyId: keyId }));
  expect(await stateOf(world, keyId)).not.toBe('NotFoundException');
  expect(await world.unreadableOrders()).toEqual([]);
}
