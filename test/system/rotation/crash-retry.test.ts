import { crossed, AccountWorld } from './account-world';
import { atPoint, endedWithoutAnswer, executionOf, inWords, stopInvocations } from './crashing-functions';
import { familyStack } from './family-stack';
import { expectRotatedTo, watchLaws } from './laws';
import { crashPoints, type CrashPoint } from '../../support/crashing-client';

const ORDERS = 4;
const OPTIONS = { material: 'secret' } as const;
const synthesized = familyStack(OPTIONS);

/**
 * A rotation in which every invocation is stopped at its call of that number, and retried by the state machine. Returns
 * how many were stopped.
 */
async function rotateWithStops(point: CrashPoint): Promise<number> {
  const world = await AccountWorld.open(OPTIONS, synthesized);
  try {
    await world.writeOrders(ORDERS);
    await world.putNewKeyMaterial();
    const violations = watchLaws(world);
    const stopped = stopInvocations(world, {
      point,
      // The same event again is a retry of the same invocation.
      nameOf: (asset, event) => (executionOf(event) === undefined ? undefined : `${asset} ${JSON.stringify(event)}`),
      answer: (crash) => { throw endedWithoutAnswer(point.call % 2 === 0 ? 'Sandbox.Timedout' : 'Lambda.Unknown', crash); },
    });
    const { status, result } = await world.rotate();
    expect([status, result?.cause]).toEqual(['SUCCEEDED', undefined]);
    await expectRotatedTo(world, 2);
    expect(violations).toEqual([]);
    // One key whose id was never returned may be left, and no more.
    expect(world.countCalls('CreateKey') - (await world.generations()).length).toBeLessThanOrEqual(1);
    expect(world.countCalls('ScheduleKeyDeletion')).toBe(0);
    return stopped.length;
  } finally {
    await world.close();
  }
}

test('every invocation of a rotation can be stopped before and after every call: the state machine retries, and succeeds', async () => {
  let points = 0;
  for (let call = 1, stops = Infinity; stops > 0; call++) {
    stops = 0;
    for (const point of crashPoints(1).map(({ moment }) => ({ call, moment }))) {
      await atPoint(`every invocation ${inWords(point)}`, async () => { stops += await rotateWithStops(point); });
    }
    points += stops;
  }
  console.log(`crash matrix: ${points} points at which an invocation was stopped, and retried\n${crossed.summary()}`);
  expect(points).toBeGreaterThan(200);
});
