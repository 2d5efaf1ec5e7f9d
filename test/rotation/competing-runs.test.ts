import { atStep, RotationWorld } from './rotation-world';
import { GenerationTag } from '../../src/contract/generation-tags';

let world: RotationWorld;
beforeEach(async () => {
  world = await RotationWorld.open();
  await world.writeOrders(4);
});
afterEach(() => world.close());

test('of two runs one rotates; the other stops and says who does', async () => {
  const outcomes = await Promise.allSettled([world.rotate('run-1'), world.rotate('run-2')]);
  expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  const refused = outcomes.find((outcome): outcome is PromiseRejectedResult => outcome.status === 'rejected');
  expect(refused?.reason).toMatchObject({ name: 'NotOurRun' });
  expect((await world.readFamily()).generations).toHaveLength(2);
  expect(await world.checkOrders()).toEqual(Array(4).fill('intact'));
});

test('a run does not begin while another one is at work', async () => {
  let refused: unknown;
  await world.rotate('run-1', { watcher: atStep('fence', () => world.rotate('run-2').catch((error: unknown) => { refused = error; })) });
  expect(refused).toMatchObject({ name: 'NotOurRun', message: expect.stringMatching(/got run run-2; allowed: run run-1/) });
});

test.each(['move alias', 'fence', 'disable old generation'] as const)('a run that was overtaken does not %s', async (step) => {
  const overtake = async () => {
    const [, next] = (await world.readFamily()).generations;
    await world.tag(next!.keyId, GenerationTag.RUN, 'another-run');
  };
  await expect(world.rotate('run-1', { watcher: atStep(step, overtake) })).rejects.toMatchObject({ name: 'NotOurRun' });
  const [old] = (await world.readFamily()).generations;
  expect(old?.keyState).toBe('Enabled');
  expect(await world.countReadableOrders()).toBe(4);
  // The run that overtook has ended: the next one finishes.
  await world.rotate('run-2');
  expect(await world.checkOrders()).toEqual(Array(4).fill('intact'));
});
