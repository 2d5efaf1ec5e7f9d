import { atPoint, endedWithoutAnswer, executionOf, inWords, letInvocationsDie } from './crashing-functions';
import { familyStack } from './family-stack';
import { crossed, FamilyWorld } from './family-world';
import { expectRotatedTo, watchLaws } from './laws';
import { crashPoints, type CrashPoint } from '../../support/crashing-client';

const ORDERS = 4;
const OPTIONS = { material: 'secret' } as const;
const synthesized = familyStack(OPTIONS);

/** A rotation of which every single invocation dies at its own call of that number, and is asked again by the machine's Retry. Answers how many did. */
async function rotateDying(point: CrashPoint): Promise<number> {
  const world = await FamilyWorld.open(OPTIONS, synthesized);
  try {
    await world.writeOrders(ORDERS);
    await world.putNewBytes();
    const violations = watchLaws(world);
    const deaths = letInvocationsDie(world, {
      point,
      // The same message again is the same invocation, tried again.
      nameOf: (asset, event) => (executionOf(event) === undefined ? undefined : `${asset} ${JSON.stringify(event)}`),
      tell: (crash) => { throw endedWithoutAnswer(point.call % 2 === 0 ? 'Sandbox.Timedout' : 'Lambda.Unknown', crash); },
    });
    const { status, result } = await world.rotate();
    expect([status, result?.cause]).toEqual(['SUCCEEDED', undefined]);
    await expectRotatedTo(world, 2);
    expect(violations).toEqual([]);
    // A key that nobody came to know of may be left, and no more than that.
    expect(world.countCalls('CreateKey') - (await world.generations()).length).toBeLessThanOrEqual(1);
    expect(world.countCalls('ScheduleKeyDeletion')).toBe(0);
    return deaths.length;
  } finally {
    await world.close();
  }
}

test('every invocation of a rotation may die before and after every call: the machine asks again, and gets through', async () => {
  let points = 0;
  for (let call = 1, died = Infinity; died > 0; call++) {
    died = 0;
    for (const point of crashPoints(1).map(({ moment }) => ({ call, moment }))) {
      await atPoint(`every invocation ${inWords(point)}`, async () => { died += await rotateDying(point); });
    }
    points += died;
  }
  console.log(`crash matrix: ${points} points at which an invocation died, and was asked again\n${crossed.summary()}`);
  expect(points).toBeGreaterThan(200);
}, 300_000);
