import { VirtualClock } from '../../../../local/kms/model/time/clock';

const NOON = new Date('2026-01-01T12:00:00Z');

test('a fixed clock moves only by advance and set', () => {
  const clock = VirtualClock.frozenAt(NOON);
  expect(clock.now()).toEqual(NOON);
  clock.advance(1500);
  expect(clock.now()).toEqual(new Date('2026-01-01T12:00:01.500Z'));
  clock.set(new Date('2027-01-01T00:00:00Z'));
  expect(clock.now()).toEqual(new Date('2027-01-01T00:00:00Z'));
});

test('a clock that is based on another runs with it, and keeps its advance', () => {
  let base = 0;
  const clock = new VirtualClock(() => base);
  clock.advance(1000);
  base = 50;
  expect(clock.now().getTime()).toBe(1050);
});

test('a clock follows the real time by default', () => {
  const before = Date.now();
  const now = new VirtualClock().now().getTime();
  expect(now).toBeGreaterThanOrEqual(before);
  expect(now).toBeLessThanOrEqual(Date.now());
});

test('a clock does not go back', () => {
  const clock = VirtualClock.frozenAt(NOON);
  const message =
    'VirtualClock: the clock cannot go back, got -1000 ms; allowed: 0 ms or more; start another local KMS for a test that needs an earlier time';
  expect(() => clock.advance(-1000)).toThrow(message);
  expect(() => clock.set(new Date('2026-01-01T11:59:59Z'))).toThrow(message);
  expect(() => clock.set(new Date('no date'))).toThrow('got NaN ms');
  expect(clock.now()).toEqual(NOON);
});
