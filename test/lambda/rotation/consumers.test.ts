import type { UseEvidence } from '../../../src/contract/evidence/evidence';
import { GenerationTag } from '../../../src/contract/family/generation-tags';
import { ControlWorld, UNTIL_CONCLUDED, UNTIL_FENCED, UNTIL_MOVED } from '../../support/world/control-world';

let world: ControlWorld;
beforeEach(async () => {
  world = await ControlWorld.open();
});
afterEach(() => world.close());

/** As CloudTrail writes it: so many seconds after the whole second of an instant. */
const secondsAfter = (instant: string | undefined, seconds: number) =>
  new Date(Math.floor(Date.parse(instant ?? '') / 1000 + seconds) * 1000).toISOString().replace('.000Z', 'Z');

describe('what the watch has noted since the alias moved is trouble', () => {
  test.each<[string, number, number, Partial<UseEvidence>, 'working' | 'failing']>([
    ['a Decrypt that names the alias', 2, 60, { errorCode: 'IncorrectKeyException' }, 'failing'],
    ['a consumer that may not use the new generation', 2, 60, { errorCode: 'AccessDenied', operation: 'GenerateDataKey' }, 'failing'],
    ['an old generation that is disabled', 1, 60, { errorCode: 'DisabledException' }, 'failing'],
    ['in the very second of the move', 2, 0, {}, 'failing'],
    ['not before that', 2, -1, {}, 'working'],
    ['not the day before', 2, -86_400, {}, 'working'],
    ['not our own watch probe', 1, 60, { kind: 'watch-probe', errorCode: 'DisabledException' }, 'working'],
    ['not any other error', 2, 60, { errorCode: 'ThrottlingException' }, 'working'],
  ])('%s', async (_, generation, seconds, use, consumers) => {
    const run = await world.performAll(await world.plan('run-1'), ['create-generation', 'pre-flight']);
    world.pass(0.4);
    const moved = await world.perform(run, 'move-alias');
    expect(moved.movedAt).toMatch(/\.400Z$/);
    await world.recordUse(generation, { at: secondsAfter(moved.movedAt, seconds), ...use });
    expect((await world.perform(moved, 'check-consumers')).consumers).toBe(consumers);
  });

  test('but not what an older fence refuses: it did so before', async () => {
    await world.performAll(await world.plan('run-1'), [...UNTIL_MOVED, ...UNTIL_FENCED]);
    const moved = await world.performAll(await world.plan('run-2', { toGeneration: 3 }), UNTIL_MOVED);
    await world.recordUse(1, { errorCode: 'AccessDenied', operation: 'GenerateDataKey' });
    expect((await world.perform(moved, 'check-consumers')).consumers).toBe('working');
    await world.recordUse(1, { errorCode: 'IncorrectKeyException' });
    expect((await world.perform(moved, 'check-consumers')).consumers).toBe('failing');
  });
});

test('who would rather be told is told, and the rotation goes on', async () => {
  world.description = { ...world.description, onConsumerFailure: 'continue' };
  const moved = await world.performAll(await world.plan('run-1'), UNTIL_MOVED);
  await world.recordUse(2, { principal: 'arn:old-service' });
  expect((await world.perform(moved, 'check-consumers')).consumers).toBe('working');
  expect(world.lines.map((line) => JSON.parse(line))).toContainEqual(expect.objectContaining({
    level: 'WARN', event: 'consumers-in-trouble', principal: 'arn:old-service', goBack: false,
  }));
});

describe('consumers in trouble', () => {
  test('get back the generation that worked for them, and the next run tries again with the one that was made', async () => {
    const moved = await world.performAll(await world.plan('run-1'), UNTIL_MOVED);
    await world.recordUse(2);
    const inTrouble = await world.perform(moved, 'check-consumers');
    for (let time = 1; time <= 2; time++) await world.perform(inTrouble, 'move-alias-back');
    const family = await world.family();
    expect(family.current).toMatchObject({ generation: 1, phase: 'current' });
    expect(family.generations[1]).toMatchObject({ generation: 2, phase: 'next', keyState: 'Enabled' });
    expect(await world.encryptsThroughAlias()).toBe(true);

    world.pass(86_400);
    const again = await world.plan('run-2', { toGeneration: 2 });
    expect(again).toMatchObject({ kind: 'rotate', toGeneration: 2, waitAfterMoveSeconds: world.description.firstRotationWatchSeconds });
    const done = await world.performAll(again, [...UNTIL_MOVED, ...UNTIL_FENCED, ...UNTIL_CONCLUDED]);
    expect(done).toMatchObject({ consumers: 'working', census: { verdict: 'empty' } });
    expect(world.localKms.audit.count({ operation: 'CreateKey' })).toBe(2);
  });

  test('keep the alias where it is when the old generation cannot encrypt any more', async () => {
    const moved = await world.performAll(await world.plan('run-1'), UNTIL_MOVED);
    await world.recordUse(2);
    const inTrouble = await world.perform(moved, 'check-consumers');
    const allowed = { Effect: 'Allow', Principal: '*', Action: 'kms:*', Resource: '*' };
    await world.putPolicy(1, JSON.stringify({ Version: '2012-10-17', Statement: [allowed, { ...allowed, Effect: 'Deny', Action: 'kms:Encrypt' }] }));
    await expect(world.perform(inTrouble, 'move-alias-back')).rejects.toMatchObject({ name: 'AccessDenied' });
    expect((await world.family()).current.generation).toBe(2);
    expect(await world.encryptsThroughAlias()).toBe(true);
  });

  test('are told about where there is no way back: an older generation that was fenced makes nothing new', async () => {
    const moved = await world.performAll(await world.plan('run-1'), [...UNTIL_MOVED, ...UNTIL_FENCED]);
    await world.recordUse(2);
    expect((await world.perform(moved, 'check-consumers')).consumers).toBe('working');
    await expect(world.perform(moved, 'move-alias-back')).rejects.toMatchObject({
      name: 'KeyNotReady', message: expect.stringMatching(/no older generation is left .*"rollBackTo"/),
    });
    expect((await world.family()).current.generation).toBe(2);
  });

  test('do not undo a roll-back: somebody has decided it', async () => {
    await world.rotate('run-1');
    const back = await world.performAll(await world.plan('run-2', { rollBackTo: 1 }), ['restore-generation', 'pre-flight', 'move-alias']);
    await world.recordUse(1);
    expect((await world.perform(back, 'check-consumers')).consumers).toBe('working');
  });

  test('get it back after a deployment, too: another policy is no reason to leave them in trouble', async () => {
    const moved = await world.performAll(await world.plan('run-1'), UNTIL_MOVED);
    await world.tag(1, GenerationTag.POLICY_REVISION, 'another');
    await world.perform(moved, 'move-alias-back');
    expect((await world.family()).current.generation).toBe(1);
  });
});
