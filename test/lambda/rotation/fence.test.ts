import { generationPolicy } from '../../../lambda/key-family/policy/generation-policy';
import { MAX_FENCE_PROBES } from '../../../lambda/rotation/steps/probe-fence';
import { ErrorName } from '../../../src/contract/error-names';
import { Failure } from '../../../src/contract/failure';
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

test('a fence in force is recorded once, with the time of the probe', async () => {
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

test('a fence that is not in force is probed again, up to the maximum number of probes', async () => {
  let run = await world.perform(moved, 'fence');
  await world.putPolicy(1, openPolicy());
  for (let probe = 1; probe < MAX_FENCE_PROBES; probe++) {
    run = await world.perform(run, 'probe-fence');
    expect(run.fence).toEqual({ held: false, probes: probe });
  }
  await expect(world.perform(run, 'probe-fence')).rejects.toMatchObject({
    name: 'VerificationFailed',
    message: expect.stringMatching(/^alias\/orders\/g1: fence is not in force: .*got 60 successful Encrypt calls/),
  });
  expect((await world.generation(1)).fencedSince).toBeUndefined();
});

test('a fence that propagates slowly is in force at a later probe', async () => {
  const fenced = await world.perform(moved, 'fence');
  await world.putPolicy(1, openPolicy());
  const waiting = await world.perform(fenced, 'probe-fence');
  await world.putPolicy(1, generationPolicy(world.description, 'fenced'));
  expect((await world.perform(waiting, 'probe-fence')).fence).toMatchObject({ held: true, probes: 2 });
});

test('a fence is not in force while one old generation still encrypts', async () => {
  await world.perform(moved, 'fence');
  const again = await world.performAll(await world.plan('run-2', { toGeneration: 3 }), [...UNTIL_MOVED, 'check-consumers', 'fence']);
  expect(again.from.map(({ generation }) => generation)).toEqual([1, 2]);
  await world.putPolicy(1, openPolicy());
  expect((await world.perform(again, 'probe-fence')).fence?.held).toBe(false);
});

test('a disabled generation counts as fenced', async () => {
  await world.disable(1);
  const fenced = await world.perform(moved, 'fence');
  expect((await world.perform(fenced, 'probe-fence')).fence?.held).toBe(true);
});

describe('a principal that encrypts under an old generation by its key id', () => {
  const used = (operation: string, at: string) => {
    world.ports.kms.lastUsage = async () => ({ operation, at: new Date(at), eventId: 'event-7' });
  };

  test.each<[string, string, number, boolean]>([
    ['an encryption after the move has propagated', 'GenerateDataKey', -60, true],
    ['an encryption before the move has propagated', 'GenerateDataKey', -86_400 - 7_500, false],
    ['a decryption', 'Decrypt', -60, false],
    ['a re-encryption, whose source may be the key', 'ReEncrypt', -60, false],
  ])('%s', async (_, operation, seconds, stops) => {
    used(operation, new Date(Date.parse(world.now) + seconds * 1000).toISOString());
    const fencing = world.perform(moved, 'fence');
    if (!stops) return expect(fencing).resolves.toMatchObject({ fence: { held: false } });
    await expect(fencing).rejects.toMatchObject({
      name: 'OldGenerationInUse', message: expect.stringMatching(/^alias\/orders\/g1: .*GenerateDataKey at .*CloudTrail event event-7/),
    });
    expect((await world.generation(1)).phase).toBe('current');
  });

  test('stops the run while consumers are watched, and does not keep a consumer failure from moving the alias back', async () => {
    used('Encrypt', world.now);
    await expect(world.perform(moved, 'check-consumers')).rejects.toMatchObject({ name: 'OldGenerationInUse' });
    await world.recordUse(2);
    expect((await world.perform(moved, 'check-consumers')).consumers).toBe('failing');
  });
});

test('a grant on an old generation, or a last usage that cannot be read, stops the run before the alias moves', async () => {
  const next = await world.performAll(
    await world.plan('run-2', { toGeneration: 3 }), ['create-generation', 'pre-flight'],
  );
  const { listGrantees } = world.ports.kms;
  world.ports.kms.listGrantees = async () => ['backup.amazonaws.com'];
  await expect(world.perform(next, 'move-alias')).rejects.toMatchObject({
    name: 'GrantsHeld', message: expect.stringContaining('backup.amazonaws.com'),
  });
  world.ports.kms.listGrantees = listGrantees;
  const denied = new Failure(ErrorName.ACCESS_DENIED, { where: 'key', what: 'GetKeyLastUsage is denied', remedy: 'allow it' });
  world.ports.kms.lastUsage = async () => { throw denied; };
  await expect(world.perform(next, 'move-alias')).rejects.toMatchObject({ name: 'AccessDenied' });
  expect((await world.family()).current.generation).toBe(2);
});

test.each<[string, () => Promise<void>, string, RegExp]>([
  [
    'a principal holds a grant on an old generation',
    async () => {
      world.ports.kms.listGrantees = async () => ['arn:backup'];
    },
    'GrantsHeld',
    /a principal holds a grant on the old generation, got arn:backup; .*revoke the grants/,
  ],
  [
    'an old generation is pending deletion',
    () => world.scheduleDeletion(1),
    'KeyNotReady',
    /no census has found it empty.*cancel the deletion now/,
  ],
  ['the current generation cannot encrypt', () => world.disable(2), 'KeyNotReady', /key cannot encrypt/],
])('no generation is fenced if %s', async (_, change, name, message) => {
  await change();
  await expect(world.perform(moved, 'fence')).rejects.toMatchObject({ name, message: expect.stringMatching(message) });
  expect(await world.ports.kms.getKeyPolicy((await world.generation(1)).keyId)).toBe(openPolicy());
  expect((await world.generation(1)).phase).toBe('current');
});
