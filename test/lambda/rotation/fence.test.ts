import { generationPolicy } from '../../../lambda/key-family/policy/generation-policy';
import { FENCE_PROBES } from '../../../lambda/rotation/steps/probe-fence';
import type { RotationRun } from '../../../src/contract/runs/rotation-run';
import { ControlWorld, UNTIL_MOVED } from '../../support/world/control-world';

let world: ControlWorld;
let moved: RotationRun;
beforeEach(async () => {
  world = await ControlWorld.open();
  moved = await world.performAll(await world.plan('run-1'), [...UNTIL_MOVED, 'check-consumers']);
});
afterEach(() => world.close());

const openPolicy = () => generationPolicy(world.description, 'current');

test('a fence that holds is noted once, with the moment at which it was seen to hold', async () => {
  const fenced = await world.perform(moved, 'fence');
  expect(fenced.fence).toEqual({ held: false, probes: 0 });
  world.pass(10);
  const probed = await world.perform(fenced, 'probe-fence');
  expect(probed.fence).toEqual({ held: true, probes: 1, fencedAt: world.now });
  const since = world.now;
  world.pass(10);
  await world.perform(fenced, 'probe-fence');
  expect(await world.generation(1)).toMatchObject({ phase: 'fenced', fencedSince: since });
});

test('a fence that does not hold yet is probed again, so many times and no more', async () => {
  let run = await world.perform(moved, 'fence');
  await world.putPolicy(1, openPolicy());
  for (let probe = 1; probe < FENCE_PROBES; probe++) {
    run = await world.perform(run, 'probe-fence');
    expect(run.fence).toEqual({ held: false, probes: probe });
  }
  await expect(world.perform(run, 'probe-fence')).rejects.toMatchObject({
    name: 'VerificationFailed', message: expect.stringMatching(/^alias\/orders\/g1: fence does not hold: .*got 30 probes that encrypted/),
  });
  expect((await world.generation(1)).fencedSince).toBeUndefined();
});

test('a fence that takes a while holds in the end', async () => {
  const fenced = await world.perform(moved, 'fence');
  await world.putPolicy(1, openPolicy());
  const waiting = await world.perform(fenced, 'probe-fence');
  await world.putPolicy(1, generationPolicy(world.description, 'fenced'));
  expect((await world.perform(waiting, 'probe-fence')).fence).toMatchObject({ held: true, probes: 2 });
});

test('one old generation that still encrypts is one too many', async () => {
  await world.perform(moved, 'fence');
  const again = await world.performAll(await world.plan('run-2', { toGeneration: 3 }), [...UNTIL_MOVED, 'check-consumers', 'fence']);
  expect(again.from.map(({ generation }) => generation)).toEqual([1, 2]);
  await world.putPolicy(1, openPolicy());
  expect((await world.perform(again, 'probe-fence')).fence?.held).toBe(false);
});

test('a generation that is disabled refuses as well', async () => {
  await world.disable(1);
  const fenced = await world.perform(moved, 'fence');
  expect((await world.perform(fenced, 'probe-fence')).fence?.held).toBe(true);
});

test.each<[string, () => Promise<void>, string, RegExp]>([
  ['somebody holds a grant on an old generation', async () => { world.ports.kms.listGrantees = async () => ['arn:backup']; }, 'GrantsHeld',
    /somebody holds a grant on the old generation, got arn:backup; .*revoke the grant/],
  ['the deletion of an old generation is scheduled', () => world.scheduleDeletion(1), 'KeyNotReady', /no census has found empty.*cancel it at once/],
  ['the generation that the alias names encrypts no more', () => world.disable(2), 'KeyNotReady', /key cannot encrypt/],
])('nothing is fenced when %s', async (_, change, name, message) => {
  await change();
  await expect(world.perform(moved, 'fence')).rejects.toMatchObject({ name, message: expect.stringMatching(message) });
  expect(await world.ports.kms.getKeyPolicy((await world.generation(1)).keyId)).toBe(openPolicy());
  expect((await world.generation(1)).phase).toBe('current');
});
