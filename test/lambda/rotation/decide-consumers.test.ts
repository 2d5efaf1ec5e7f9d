import fc from 'fast-check';
import {
  decideConsumers, decideWatch, MAX_CHECK_INTERVAL_SECONDS, MIN_CHECK_INTERVAL_SECONDS, shortestWatchSeconds, watchEnd, type ConsumerFacts,
  type WatchFacts,
} from '../../../lambda/rotation/decide/decide-consumers';
import { CLOUDTRAIL_DELIVERY_SECONDS, LAST_USAGE_DELAY_SECONDS } from '../../../src/contract/family/report-delays';

const START = Date.parse('2026-11-01T00:00:00Z');
const LONGEST_WATCH_SECONDS = 14 * 86_400;
const at = (seconds: number) => new Date(START + seconds * 1000);
const policies = fc.constantFrom('roll-back' as const, 'roll-back-if-watched' as const, 'continue' as const);

const facts = (): fc.Arbitrary<ConsumerFacts> => fc.record({
  movedAt: fc.constant(at(0)),
  fencedAt: fc.option(fc.nat(LONGEST_WATCH_SECONDS).map(at), { nil: undefined }),
  watchSeconds: fc.integer({ min: 7_500, max: LONGEST_WATCH_SECONDS }),
  propagationDelaySeconds: fc.integer({ min: 300, max: 86_400 }),
  failed: fc.boolean(),
  watched: fc.boolean(),
  onConsumerFailure: policies,
  previous: fc.constantFrom('unfenced' as const, 'fenced' as const, 'none' as const),
});
const moments = fc.nat(2 * LONGEST_WATCH_SECONDS).map(at);

describe('the watch of consumers', () => {
  test('moves the alias back exactly if a consumer failed, rollback is declared, and there is a generation to move to', () => {
    fc.assert(fc.property(facts(), moments, (given, now) => {
      const movesBack = given.failed && given.onConsumerFailure !== 'continue' && given.previous !== 'none';
      expect(decideConsumers(given, now).consumers.startsWith('failing')).toBe(movesBack);
    }));
  });

  test('moves the alias back to a fenced generation only after the fence is lifted', () => {
    fc.assert(fc.property(facts(), moments, (given, now) => {
      const { consumers } = decideConsumers(given, now);
      if (given.previous === 'fenced' || given.fencedAt !== undefined) expect(consumers).not.toBe('failing');
      else expect(consumers).not.toBe('failing-fenced');
    }));
  });

  test('ends without a failure only at its end, or if an earlier run has ended it', () => {
    fc.assert(fc.property(facts(), moments, (given, now) => {
      const { consumers } = decideConsumers(given, now);
      if (consumers.startsWith('working')) expect(given.watched || now >= watchEnd(given)).toBe(true);
      if (consumers === 'working') expect(given.fencedAt).toBeUndefined();
      if (consumers === 'working-fenced') expect(given.fencedAt).toBeDefined();
    }));
  });

  test('after the fence it lasts until the events of denied calls must have arrived', () => {
    fc.assert(fc.property(facts(), ({ fencedAt = at(0), ...given }) => {
      const end = watchEnd({ ...given, fencedAt }).getTime();
      expect(end - fencedAt.getTime()).toBe((given.propagationDelaySeconds + CLOUDTRAIL_DELIVERY_SECONDS) * 1000);
    }));
  });

  test('checks from the first minute, at least every 15 minutes, and so rarely that the history has room for 14 days', () => {
    fc.assert(fc.property(facts(), (given) => {
      const unfenced = { ...given, fencedAt: undefined, failed: false, watched: false };
      let now = START + MIN_CHECK_INTERVAL_SECONDS * 1000;
      let checks = 1;
      for (; ;checks++) {
        const { consumers, nextCheckSeconds } = decideConsumers(unfenced, new Date(now));
        if (consumers !== 'watching') break;
        expect(nextCheckSeconds).toBeGreaterThanOrEqual(1);
        expect(nextCheckSeconds).toBeLessThanOrEqual(MAX_CHECK_INTERVAL_SECONDS);
        expect(Number.isSafeInteger(nextCheckSeconds)).toBe(true);
        now += nextCheckSeconds * 1000;
      }
      expect(now).toBeGreaterThanOrEqual(watchEnd(unfenced).getTime());
      // A wait adds 2 events to the history, a task 5, a choice 2.
      expect(checks * 9).toBeLessThan(25_000 * 0.6);
    }), { numRuns: 30 });
  });
});

test('the shortest watch leaves time for propagation, for events, and for an hour of use that GetKeyLastUsage reports an hour late', () => {
  fc.assert(fc.property(fc.nat(86_400), (propagationDelaySeconds) => {
    const seconds = shortestWatchSeconds({ propagationDelaySeconds });
    expect(seconds - propagationDelaySeconds).toBeGreaterThanOrEqual(CLOUDTRAIL_DELIVERY_SECONDS);
    expect(seconds - propagationDelaySeconds - LAST_USAGE_DELAY_SECONDS).toBe(3600);
  }));
});

describe('the proof of the watch', () => {
  const proofs = (): fc.Arbitrary<WatchFacts> => fc.record({
    kind: fc.constantFrom('rotate' as const, 'finish' as const, 'roll-back' as const),
    probedAt: fc.constant(at(0)),
    arrived: fc.boolean(),
    onConsumerFailure: policies,
  });

  test('is the event of the probe, and nothing else', () => {
    fc.assert(fc.property(proofs(), moments, (given, now) => {
      expect(decideWatch(given, now) === 'proven').toBe(given.arrived);
    }));
  });

  test('is waited for until CloudTrail must have delivered it, except in a rollback', () => {
    fc.assert(fc.property(proofs(), moments, (given, now) => {
      const waits = !given.arrived && given.kind !== 'roll-back' && now < at(CLOUDTRAIL_DELIVERY_SECONDS);
      expect(decideWatch(given, now) === 'waiting').toBe(waits);
    }));
  });

  test('without it, the alias moves only if the owner accepts that', () => {
    fc.assert(fc.property(proofs(), (given) => {
      const decided = decideWatch({ ...given, kind: 'rotate', arrived: false }, at(CLOUDTRAIL_DELIVERY_SECONDS));
      expect(decided).toBe(given.onConsumerFailure === 'roll-back' ? 'refused' : 'unknown');
    }));
  });
});
