import { LocalEventBus, type BusEvent } from '../../../local/events/local-event-bus';
import { Trail, type TrailSettings } from '../../../local/events/trail';
import type { CloudTrailRecord } from '../../../local/kms/service/audit/cloud-trail';

const MINUTE = 60_000;
const EVENTS = 200;

/** Records some events, one each second, and returns their ids in the order of their delivery. */
async function delivered(settings: Partial<TrailSettings>): Promise<{ readonly ids: string[]; readonly others: number }> {
  let now = Date.parse('2026-06-01T00:00:00Z');
  const events: BusEvent[] = [];
  const state = 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS';
  const bus = new LocalEventBus([{ pattern: { source: ['aws.kms'] }, state, target: async (event) => events.push(event) }]);
  const trail = new Trail(bus, () => new Date(now), settings);
  for (let count = 0; count < EVENTS; count++) {
    trail.record({ eventID: `event-${count}`, eventName: 'Decrypt', readOnly: true, awsRegion: 'eu-central-1' } as CloudTrailRecord);
    now += 1000;
  }
  now += settings.lateMilliseconds ?? 0;
  trail.deliverDue();
  await bus.idle();
  const ids = events.map(({ id }) => id).filter((id) => id.startsWith('event-'));
  return { ids, others: events.length - ids.length };
}

const inOrder = Array.from({ length: EVENTS }, (_, index) => `event-${index}`);

test('without settings every event arrives once, immediately and in order', async () => {
  expect(await delivered({})).toEqual({ ids: inOrder, others: 0 });
});

test('late events arrive all, in another order, which follows from the seed', async () => {
  const { ids } = await delivered({ lateMilliseconds: 15 * MINUTE });
  expect(ids).not.toEqual(inOrder);
  expect([...ids].sort()).toEqual([...inOrder].sort());
  expect((await delivered({ lateMilliseconds: 15 * MINUTE })).ids).toEqual(ids);
  expect((await delivered({ lateMilliseconds: 15 * MINUTE, seed: 2 })).ids).not.toEqual(ids);
});

test('doubled events arrive at most twice, and missing events never', async () => {
  const doubled = (await delivered({ doubled: 0.5 })).ids;
  expect(new Set(doubled).size).toBe(EVENTS);
  expect(doubled.length).toBeGreaterThan(EVENTS * 1.2);
  expect(doubled.length).toBeLessThan(EVENTS * 1.8);
  const missing = (await delivered({ missing: 0.5 })).ids;
  expect(missing.length).toBeGreaterThan(EVENTS * 0.2);
  expect(missing.length).toBeLessThan(EVENTS * 0.8);
  expect((await delivered({ missing: 1 })).ids).toEqual([]);
});

test('a flood contains events of failed calls on other keys', async () => {
  expect(await delivered({ flood: 5 })).toEqual({ ids: inOrder, others: 5 * EVENTS });
});
