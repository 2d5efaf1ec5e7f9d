import { describeEvent } from '../../simulation/life/event';
import { drawLife } from '../../simulation/life/life';
import { Stream } from '../../simulation/life/random';
import { calmDays, drawShape } from '../../simulation/life/shape';

const SEEDS = Array.from({ length: 200 }, (_, seed) => seed);
const lives = SEEDS.map((seed) => drawLife(seed, 1));
const events = lives.flatMap((life) => life.events);

test('a life is data: the same seed gives the same life, and JSON keeps all of it', () => {
  expect(drawLife(7, 1)).toEqual(lives[7]);
  expect(JSON.parse(JSON.stringify(lives[7]))).toEqual(lives[7]);
  expect(drawLife(8, 1)).not.toEqual({ ...lives[7], seed: 8 });
});

test('each purpose has a stream of its own', () => {
  const [one, other] = [new Stream(1, 'writes'), new Stream(1, 'restores')];
  const [first, second] = [one.next(), one.next()];
  expect([other.next(), other.next()]).not.toEqual([first, second]);
  expect(new Stream(1, 'writes').next()).toBe(first);
  expect(new Stream(2, 'writes').next()).not.toBe(first);
  // Nothing that is drawn for one purpose shifts what is drawn for another.
  const restores = (years: number) => drawLife(3, years).events.filter((event) => event.do === 'operator');
  expect(restores(2).map(describeEvent).slice(0, restores(1).length)).toEqual(restores(1).map(describeEvent));
});

test('about half of the events are anchored to states', () => {
  const anchored = events.filter((event) => 'state' in event).length / events.length;
  expect(anchored).toBeGreaterThan(0.4);
  expect(anchored).toBeLessThan(0.55);
});

test('200 seeds have events of every kind', () => {
  const kinds = new Set(events.map((event) => event.do));
  expect([...kinds].sort()).toEqual([
    'alias-consumer', 'delete', 'deploy', 'extra-run', 'faults', 'miss-runs', 'operator', 'pause', 'put-back', 'restore', 'secret', 'stop',
    'stores', 'stranger', 'without-deletion', 'write',
  ]);
});

test('each duration is the longest one in some seeds, and the declared ones are allowed', () => {
  const shapes = SEEDS.map(drawShape);
  const declared = shapes.flatMap(({ deletion }) => deletion ?? []);
  expect(declared.filter(({ backupRetentionDays, observationDays, soakDays }) =>
    backupRetentionDays > observationDays + soakDays).length).toBeGreaterThan(10);
  expect(declared.filter(({ backupRetentionDays, soakDays }) => soakDays > backupRetentionDays).length).toBeGreaterThan(10);
  expect(declared.filter(({ observationDays, backupRetentionDays }) => observationDays > backupRetentionDays).length).toBeGreaterThan(10);
  expect(declared.filter(({ pendingWindowDays }) => pendingWindowDays > 7).length).toBeGreaterThan(5);
  expect(shapes.filter(({ dataKeyMaxAgeHours }) => dataKeyMaxAgeHours >= 48).length).toBeGreaterThan(10);
  expect(shapes.filter(({ propagationMinutes }) => propagationMinutes >= 60).length).toBeGreaterThan(10);
  for (const shape of shapes) {
    expect(shape.kmsDelaySeconds).toBeLessThanOrEqual(shape.propagationMinutes * 60);
    expect(shape.rotationDays * 24).toBeGreaterThan(shape.dataKeyMaxAgeHours + shape.firstWatchHours + shape.propagationMinutes / 15);
    expect(calmDays(shape)).toBeGreaterThan(shape.deletion?.backupRetentionDays ?? 0);
  }
});
