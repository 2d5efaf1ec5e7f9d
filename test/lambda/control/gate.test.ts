import { generationPolicy } from '../../../lambda/key-family/policy/generation-policy';
import { GenerationTag } from '../../../src/contract/family/generation-tags';
import { STEP_SCHEMA, type GateStep } from '../../../src/contract/runs/function-steps';
import { ControlWorld } from '../../support/world/control-world';

let world: ControlWorld;
beforeEach(async () => {
  world = await ControlWorld.open();
  await world.rotate('run-1');
  await world.tag(1, GenerationTag.CERTIFIED_SINCE, world.now);
});
afterEach(() => world.close());

async function gate(step: GateStep, number = 1, keyArn?: string) {
  const generation = { generation: number, keyArn: keyArn ?? (await world.generation(number)).keyArn };
  const run = { run: 'retire-g1', generation, action: { kind: 'count', purpose: 'certify' }, shards: [] };
  expect(await world.invoke({ schema: STEP_SCHEMA, step, family: world.description, run })).toEqual(run);
}

const policyOf = async (number: number) => world.ports.kms.getKeyPolicy((await world.generation(number)).keyId);

test('the gate opens for a certified generation, which stays fenced, and closes again, also if repeated', async () => {
  for (let time = 1; time <= 2; time++) await gate('open-gate');
  expect(await world.generation(1)).toMatchObject({ phase: 'retiring' });
  expect(await policyOf(1)).toBe(generationPolicy(world.description, 'retiring'));
  expect(await world.encrypts((await world.generation(1)).keyId)).toBe(false);

  for (let time = 1; time <= 2; time++) await gate('close-gate');
  expect(await world.generation(1)).toMatchObject({ phase: 'fenced' });
  expect(await policyOf(1)).toBe(generationPolicy(world.description, 'fenced'));
});

test.each<[string, () => unknown, RegExp]>([
  ['that has no certificate', () => world.tag(1, GenerationTag.CERTIFIED_SINCE, ''), /got a generation without a certificate/],
  [
    'under which a record was found since',
    () => world.tag(1, GenerationTag.EMPTIED_SINCE, ''),
    /got a generation that no rotation has found empty/,
  ],
  ['whose fence was not probed', () => world.tag(1, GenerationTag.FENCED_SINCE, ''), /got a generation that is not fenced/],
  ['that is restored', () => world.tag(1, GenerationTag.PHASE, 'next'), /its phase is next/],
  ['that the alias names', () => world.moveAlias(1), /got the current generation/],
  [
    'of a family that is paused',
    () => {
      world.description = { ...world.description, paused: true };
    },
    /got paused: true/,
  ],
])('the gate stays closed for a generation %s', async (_, change, message) => {
  await change();
  await expect(gate('open-gate')).rejects.toMatchObject({ name: 'VerificationFailed', message: expect.stringMatching(message) });
  expect(await policyOf(1)).toBe(generationPolicy(world.description, 'fenced'));
});

test('the gate stays closed for a key that is not the one of the run', async () => {
  await expect(gate('open-gate', 1, 'arn:another')).rejects.toMatchObject({
    name: 'VerificationFailed',
    message: expect.stringMatching(/allowed: arn:another/),
  });
});

test('the gate closes without a tag while the deletion is pending', async () => {
  await gate('open-gate');
  await world.scheduleDeletion(1);
  await gate('close-gate');
  expect(await policyOf(1)).toBe(generationPolicy(world.description, 'fenced'));
});

test('a gate that closes does not fence a generation that is in use again', async () => {
  await gate('open-gate');
  const restored = await world.performAll(await world.plan('run-2', { rollBackTo: 1 }), ['restore-generation', 'pre-flight']);
  await gate('close-gate');
  expect(await policyOf(1)).toBe(generationPolicy(world.description, 'next'));
  await world.perform(restored, 'move-alias');
  await gate('close-gate');
  expect(await world.encryptsThroughAlias()).toBe(true);
});
