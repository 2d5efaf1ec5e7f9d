import { GenerationTag } from '../../../src/contract/family/generation-tags';
import { ControlWorld, UNTIL_CONCLUDED, UNTIL_FENCED } from '../../support/world/control-world';

const BACK = ['restore-generation', 'pre-flight', 'move-alias', ...UNTIL_FENCED, ...UNTIL_CONCLUDED] as const;

let world: ControlWorld;
beforeEach(async () => {
  world = await ControlWorld.open();
  await world.rotate('run-1');
});
afterEach(() => world.close());

/** The stages from fenced to pending deletion, with the tags that retirement writes. */
const RETIREMENT_STAGES: readonly [string, () => Promise<void>][] = [
  ['fenced and emptied', async () => undefined],
  ['certified', async () => {
    await world.tag(1, GenerationTag.CERTIFIED_SINCE, world.now);
    await world.tag(1, GenerationTag.PHASE, 'retiring');
  }],
  ['in soak', async () => {
    await world.tag(1, GenerationTag.CERTIFIED_SINCE, world.now);
    await world.tag(1, GenerationTag.PHASE, 'retiring');
    await world.tag(1, GenerationTag.DISABLED_SINCE, world.now);
    await world.disable(1);
  }],
  ['pending deletion', async () => {
    await world.tag(1, GenerationTag.DISABLED_SINCE, world.now);
    await world.tag(1, GenerationTag.RECOUNTED_AT, world.now);
    await world.disable(1);
    await world.scheduleDeletion(1);
  }],
];

test.each(RETIREMENT_STAGES)('a generation that is %s becomes current again, and the other one is emptied', async (_, retire) => {
  await retire();
  const run = await world.performAll(await world.plan('run-2', { rollBackTo: 1 }), BACK);
  expect(run).toMatchObject({ kind: 'roll-back', from: [{ generation: 2 }], census: { verdict: 'empty' } });

  const family = await world.family();
  expect(family.current).toMatchObject({ generation: 1, keyState: 'Enabled', phase: 'current', run: run.run });
  for (const proof of ['fencedSince', 'emptiedSince', 'certifiedSince', 'disabledSince', 'recountedAt'] as const) {
    expect(family.current[proof]).toBeUndefined();
  }
  expect(family.generations[1]).toMatchObject({ generation: 2, phase: 'fenced', emptiedSince: expect.any(String) });
  expect(await world.encryptsThroughAlias()).toBe(true);
  expect(await world.encrypts(family.generations[1]!.keyId)).toBe(false);
});

test('generation numbers are not reused: the rotation after a rollback creates a third generation', async () => {
  await world.performAll(await world.plan('run-2', { rollBackTo: 1 }), BACK);
  const run = await world.rotate('run-3');
  expect(run).toMatchObject({ toGeneration: 3, from: [{ generation: 1 }] });
});

test.each(BACK.slice(0, 3))('a rollback that was stopped after %s is continued with {}', async (step) => {
  await world.scheduleDeletion(1);
  await world.performAll(await world.plan('run-2', { rollBackTo: 1 }), BACK.slice(0, BACK.indexOf(step) + 1));
  const again = await world.plan('run-3');
  const rest = again.kind === 'finish' ? BACK.slice(3) : BACK;
  expect(await world.performAll(again, rest)).toMatchObject({ toGeneration: 1, census: { verdict: 'empty' } });
  expect((await world.family()).current.generation).toBe(1);
});

test('proofs about a generation are cleared before it can encrypt again', async () => {
  const emptiedAtWrite: unknown[] = [];
  const { putKeyPolicy } = world.ports.kms;
  world.ports.kms.putKeyPolicy = async (keyId, policy) => {
    emptiedAtWrite.push((await world.generation(1)).emptiedSince);
    return putKeyPolicy.call(world.ports.kms, keyId, policy);
  };
  await world.perform(await world.plan('run-2', { rollBackTo: 1 }), 'restore-generation');
  expect(emptiedAtWrite).toEqual([undefined]);
});

test('a restore step that is repeated late leaves the alias and the current generation unchanged', async () => {
  const planned = await world.plan('run-2', { rollBackTo: 1 });
  await world.performAll(planned, BACK.slice(0, 3));
  await world.perform(planned, 'restore-generation');
  expect((await world.family()).current).toMatchObject({ generation: 1, phase: 'current' });
  expect(await world.encryptsThroughAlias()).toBe(true);
});

test('a generation that was deleted after the plan is not restored', async () => {
  await world.scheduleDeletion(1);
  const planned = await world.plan('run-2', { rollBackTo: 1 });
  world.pass(8 * 86_400);
  await expect(world.perform(planned, 'restore-generation')).rejects.toMatchObject({
    name: 'KeyNotReady',
    message: expect.stringMatching(/was deleted after/),
  });
  expect((await world.family()).current.generation).toBe(2);
});

test('a paused family can be rolled back', async () => {
  world.description = { ...world.description, paused: true };
  await world.performAll(await world.plan('run-2', { rollBackTo: 1 }), BACK);
  expect((await world.family()).current.generation).toBe(1);
});
