import { afterReconcile, type AccountWorld } from './account-world';
import type { WrittenOrder } from '../../../local/demo/orders-application';

/** The stages of the retirement of generation 1, as `generations()` returns them. */
export const STAGES = {
  'observe': '1 Enabled retiring',
  'soak': '1 Disabled retiring',
  'the pending window': '1 PendingDeletion retiring',
};
export type Stage = keyof typeof STAGES;
export const ALL_STAGES = Object.keys(STAGES) as Stage[];

/** Every state of an undisturbed rotation, in the order in which they are entered. */
export const ROTATION_STATES: readonly string[] = [
  'DescribeFamily',
  'Plan',
  'ChooseRotationKind',
  'CreateGeneration',
  'PreflightControl',
  'PreflightWorker',
  'ProveWatch',
  'WatchProven',
  'WaitForEcho',
  'AliasAlreadyMoved',
  'WaitBeforeMove',
  'MoveAlias',
  'WaitAfterMove',
  'CheckConsumers',
  'ConsumersWorking',
  'Fence',
  'ProbeFence',
  'FenceHolds',
  'WaitAfterFence',
  'CheckFence',
  'FenceTolerated',
  'WaitForReports',
  'BeginPass',
  'ReEncrypt',
  'ReEncryptShard',
  'ReEncryptShardProgress',
  'ReEncryptShardDone',
  'BeginCensus',
  'Census',
  'CensusShard',
  'CensusShardProgress',
  'CensusShardDone',
  'ConcludeCensus',
  'AnyRecordsLeft',
  'ConcludeRotation',
  'Rotated',
];

/** Advances the clock by days until `generations()` returns this text for the oldest generation. */
export async function runUntil(world: AccountWorld, expected: string, eachReconcileRun?: () => Promise<void>): Promise<void> {
  await world.account.runUntil(expected, async () => (await world.generations())[0] === expected, 40, afterReconcile(eachReconcileRun));
}

/** The errors of failed executions, in order. */
export function errors({ account }: AccountWorld): string[] {
  return account.stepFunctions.executions.flatMap(({ result }) => result?.error ?? []);
}

/** Every order, and every copy of one, is intact under the current generation. */
export async function expectAllIntact(world: AccountWorld, copies: readonly WrittenOrder[] = []): Promise<void> {
  const { application } = world;
  const { keyArn } = (await world.readFamily()).current;
  const orders = [...application.orders, ...copies];
  const outcomes = await Promise.all(orders.map(async (order) => [order.orderId, await application.check(order, keyArn)]));
  expect(outcomes).toEqual(orders.map(({ orderId }) => [orderId, 'intact']));
}

export async function expectRotation(world: AccountWorld, input: object = {}): Promise<void> {
  const { status, result } = await world.rotate(input);
  expect([status, result?.error, result?.cause]).toEqual(['SUCCEEDED', undefined, undefined]);
}
