import { GenerationTag } from '../../../src/contract/family/generation-tags';
import type { RotationRun } from '../../../src/contract/runs/rotation-run';
import { ControlWorld, UNTIL_CONCLUDED, UNTIL_FENCED, UNTIL_MOVED } from '../../support/world/control-world';

let world: ControlWorld;
beforeEach(async () => {
  world = await ControlWorld.open();
});
afterEach(() => world.close());

const shapeOf = async () => (await world.family()).generations.map(({ generation, keyState, phase, emptiedSince }) =>
  [generation, keyState, phase, emptiedSince === undefined ? 'may have records' : 'emptied']);

test('a rotation creates a generation, moves the alias, fences the old generation and tags it as emptied; it disables no key', async () => {
  const run = await world.rotate('run-1');
  expect(run).toMatchObject({ kind: 'rotate', consumers: 'working-fenced', fence: { held: true }, census: { verdict: 'empty' } });
  expect(await shapeOf()).toEqual([[1, 'Enabled', 'fenced', 'emptied'], [2, 'Enabled', 'current', 'may have records']]);
  expect((await world.family()).current.generation).toBe(2);
  expect(await world.encrypts((await world.generation(1)).keyId)).toBe(false);
  expect(await world.encryptsThroughAlias()).toBe(true);
});

test('every step is idempotent: a repeated step returns the same run and has no further effect', async () => {
  let run = await world.plan('run-1');
  for (const step of [...UNTIL_MOVED, ...UNTIL_FENCED, ...UNTIL_CONCLUDED]) {
    const once = await world.perform(run, step);
    const family = await world.family();
    world.pass(1);
    const twice = await world.perform(run, step);
    expect({ step, run: withoutTimes(twice) }).toEqual({ step, run: withoutTimes(once) });
    expect({ step, family: await world.family() }).toEqual({ step, family });
    run = once;
    world.pass(world.description.propagationDelaySeconds);
  }
  expect(world.localKms.audit.count({ operation: 'CreateKey' })).toBe(2);
  expect(world.localKms.audit.count({ operation: 'UpdateAlias' })).toBe(1);
});

/** A step that is repeated a second later returns later times. */
function withoutTimes({ pass, fence, ...run }: RotationRun): object {
  return { ...run, pass: { ...pass, startedAt: '' }, fence: { ...fence, fencedAt: '' }, census: { ...run.census, startedAt: '' } };
}

test('a repeated step returns the time of the first move of the alias', async () => {
  const planned = await world.performAll(await world.plan('run-1'), ['create-generation', 'pre-flight']);
  const moved = await world.perform(planned, 'move-alias');
  world.pass(60);
  expect((await world.perform(planned, 'move-alias')).movedAt).toBe(moved.movedAt);
});

test('passes share one numbering, and the third round ignores recorded key ids', async () => {
  let run = await world.performAll(await world.plan('run-1'), [...UNTIL_MOVED, ...UNTIL_FENCED]);
  const passes: unknown[] = [];
  for (let round = 1; round <= 3; round++) {
    run = await world.perform(run, 'begin-pass');
    passes.push([run.pass?.number, run.pass?.mode]);
    expect(run.census).toBeUndefined();
    run = await world.perform(run, 'begin-census');
    passes.push([run.pass?.number, run.pass?.mode]);
    run = { ...run, census: { startedAt: world.now, underOldGeneration: 1, quarantined: 0, verdict: 'again' } };
  }
  expect(passes).toEqual([
    [1, 're-encrypt'], [2, 'census'], [3, 're-encrypt'], [4, 'census'], [5, 're-encrypt-every-blob'], [6, 'census'],
  ]);
});

describe('a rotation that was stopped is continued', () => {
  test('before the alias moved: with the created generation', async () => {
    await world.performAll(await world.plan('run-1'), ['create-generation']);
    const { keyArn } = await world.generation(2);
    const run = await world.rotate('run-2');
    expect(run.to).toEqual({ generation: 2, keyArn });
    expect(world.localKms.audit.count({ operation: 'CreateKey' })).toBe(2);
  });

  test('after the alias moved, and before the tags were updated', async () => {
    await world.performAll(await world.plan('run-1'), ['create-generation', 'pre-flight']);
    await world.moveAlias(2);
    const run = await world.plan('run-2', { toGeneration: 2 });
    expect(run).toMatchObject({ kind: 'finish', to: { generation: 2 }, from: [{ generation: 1 }] });
    expect(await world.generation(2)).toMatchObject({ phase: 'current', run: run.run, currentSince: run.movedAt });
    await world.performAll(run, ['fence', 'probe-fence', ...UNTIL_CONCLUDED]);
    expect(await shapeOf()).toEqual([[1, 'Enabled', 'fenced', 'emptied'], [2, 'Enabled', 'current', 'may have records']]);
  });

  test('once: a finished rotation is not repeated', async () => {
    await world.rotate('run-1');
    expect((await world.plan('run-2', { toGeneration: 2 })).kind).toBe('nothing-to-do');
    expect((await world.family()).generations).toHaveLength(2);
  });
});

test.each([...UNTIL_MOVED.slice(1), ...UNTIL_FENCED, 'begin-pass', 'begin-census', 'conclude-rotation'] as const)(
  'a superseded run does not %s', async (step) => {
    const steps = [...UNTIL_MOVED, ...UNTIL_FENCED, ...UNTIL_CONCLUDED];
    const run = await world.performAll(await world.plan('run-1'), steps.slice(0, steps.indexOf(step)));
    await world.tag(2, GenerationTag.RUN, 'run-2');
    const before = await world.family();
    await expect(world.perform(run, step)).rejects.toMatchObject({
      name: 'RunSuperseded',
      message: expect.stringMatching(/got run run-1@\S+; allowed: run run-2/),
    });
    expect(await world.family()).toEqual(before);
  },
);

test('a run fails while another run has another target', async () => {
  await world.rotate('run-1');
  const run = await world.performAll(await world.plan('run-2'), UNTIL_MOVED);
  await world.tag(1, GenerationTag.RUN, 'roll-back');
  world.running.push('roll-back');
  await expect(world.perform(run, 'fence')).rejects.toMatchObject({
    name: 'RunSuperseded', message: expect.stringMatching(/^alias\/orders\/g1: another run is rotating this family/),
  });
});

test('a run fails if another key policy was deployed', async () => {
  const run = await world.performAll(await world.plan('run-1'), ['create-generation', 'pre-flight']);
  await world.tag(1, GenerationTag.POLICY_REVISION, 'another');
  await expect(world.perform(run, 'move-alias')).rejects.toMatchObject({
    name: 'RunSuperseded',
    message: expect.stringMatching(/got another; allowed:/),
  });
  expect((await world.family()).current.generation).toBe(1);
});

describe('the alias does not move to a generation', () => {
  test.each(['pre-flight', 'move-alias'] as const)('that cannot encrypt: %s', async (step) => {
    const run = await world.performAll(await world.plan('run-1'), ['create-generation']);
    await world.disable(2);
    await expect(world.perform(run, step)).rejects.toMatchObject({
      name: 'KeyNotReady', message: expect.stringMatching(/key cannot encrypt, so the alias must not name it/),
    });
    expect((await world.family()).current.generation).toBe(1);
  });

  test('while an older one cannot decrypt', async () => {
    const run = await world.performAll(await world.plan('run-1'), ['create-generation']);
    await world.disable(1);
    await expect(world.perform(run, 'pre-flight')).rejects.toMatchObject({
      name: 'KeyNotReady', message: expect.stringMatching(/^alias\/orders\/g1: old generation cannot decrypt/),
    });
  });

  test('without a verification: another principal may move it at the same time', async () => {
    const run = await world.performAll(await world.plan('run-1'), ['create-generation', 'pre-flight']);
    world.ports.kms.updateAlias = async () => undefined;
    await expect(world.perform(run, 'move-alias')).rejects.toMatchObject({
      name: 'VerificationFailed', message: expect.stringMatching(/^alias\/orders: alias was moved, but names another key/),
    });
    expect((await world.generation(2)).phase).toBe('next');
  });
});

test.each(['fence', 'begin-pass', 'begin-census', 'conclude-rotation'] as const)(
  'a run whose target the alias no longer names does not %s',
  async (step) => {
    const steps = [...UNTIL_MOVED, ...UNTIL_FENCED, ...UNTIL_CONCLUDED];
    const run = await world.performAll(await world.plan('run-1'), steps.slice(0, steps.indexOf(step)));
    await world.moveAlias(1);
    await expect(world.perform(run, step)).rejects.toMatchObject({
      name: 'VerificationFailed',
      message: expect.stringMatching(/^alias\/orders: alias does not name the target generation of this run/),
    });
  },
);

test('a run of a paused family creates no generation and does not move the alias', async () => {
  const run = await world.plan('run-1');
  world.description = { ...world.description, paused: true };
  await expect(world.perform(run, 'create-generation')).rejects.toMatchObject({ name: 'InvalidRequest' });
  await expect(world.perform(run, 'move-alias')).rejects.toMatchObject({
    name: 'InvalidRequest',
    message: expect.stringMatching(/family is paused/),
  });
  expect((await world.family()).generations).toHaveLength(1);
});

test('a run without a census does not tag generations as emptied', async () => {
  const run = await world.performAll(await world.plan('run-1'), [...UNTIL_MOVED, ...UNTIL_FENCED]);
  await expect(world.perform(run, 'conclude-rotation')).rejects.toMatchObject({
    name: 'InvalidRequest',
    message: expect.stringMatching(/got no census/),
  });
  expect((await world.generation(1)).emptiedSince).toBeUndefined();
});
