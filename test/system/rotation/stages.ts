import type { FamilyWorld } from './family-world';
import type { WrittenOrder } from '../../../local/demo/orders-application';

/** The stages of the retirement of generation 1, as `generations()` tells them. */
export const STAGES = { 'observe': '1 Enabled retiring', 'soak': '1 Disabled retiring', 'the pending window': '1 PendingDeletion retiring' };
export type Stage = keyof typeof STAGES;
export const ALL_STAGES = Object.keys(STAGES) as Stage[];

/** Lets days pass until the oldest generation is what is told. */
export async function liveUntil(world: FamilyWorld, told: string, eachTick?: () => Promise<void>): Promise<void> {
  await world.account.liveUntil(told, async () => (await world.generations())[0] === told, 40, eachTick);
}

/** The errors under which executions have ended, in their order. */
export function errors({ account }: FamilyWorld): string[] {
  return account.stepFunctions.executions.flatMap(({ result }) => result?.error ?? []);
}

/** Every order, and every copy of one that somebody has stored, is intact under the generation that is current. */
export async function expectAllIntact(world: FamilyWorld, copies: readonly WrittenOrder[] = []): Promise<void> {
  const { application } = world;
  const { keyArn } = (await world.readFamily()).current;
  const orders = [...application.orders, ...copies];
  const outcomes = await Promise.all(orders.map(async (order) => [order.orderId, await application.check(order, keyArn)]));
  expect(outcomes).toEqual(orders.map(({ orderId }) => [orderId, 'intact']));
}

export async function expectRotation(world: FamilyWorld, input: object = {}): Promise<void> {
  const { status, result } = await world.rotate(input);
  expect([status, result?.error, result?.cause]).toEqual(['SUCCEEDED', undefined, undefined]);
}
