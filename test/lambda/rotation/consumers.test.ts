import { generationPolicy } from '../../../lambda/key-family/policy/generation-policy';
import type { UseEvidence } from '../../../src/contract/evidence/evidence';
import { GenerationTag } from '../../../src/contract/family/generation-tags';
import type { RotationRun } from '../../../src/contract/runs/rotation-run';
import { ControlWorld, UNTIL_CONCLUDED, UNTIL_FENCED, UNTIL_MOVED } from '../../support/world/control-world';

let world: ControlWorld;
beforeEach(async () => {
  world = await ControlWorld.open();
});
afterEach(() => world.close());

/** The result of the watch of consumers, when it has ended. */
async function watch(moved: RotationRun): Promise<RotationRun['consumers']> {
  return (await world.performAll(moved, ['check-consumers'])).consumers;
}

/** A time in the format of CloudTrail, in whole seconds: so many seconds after an instant. */
const secondsAfter = (instant: string | undefined, seconds: number) =>
  new Date(Math.floor(Date.parse(instant ?? '') / 1000 + seconds) * 1000).toISOString().replace('.000Z', 'Z');

describe('a recorded call after the move of the alias decides whether consumers are failing', () => {
  test.each<[string, number, number, Partial<UseEvidence>, 'working' | 'failing']>([
    ['a Decrypt call that passes the alias as KeyId', 2, 60, { errorCode: 'IncorrectKeyException' }, 'failing'],
    ['a consumer without permission for the new generation', 2, 60, { errorCode: 'AccessDenied', operation: 'GenerateDataKey' }, 'failing'],
    ['a disabled old generation', 1, 60, { errorCode: 'DisabledException' }, 'failing'],
    ['a failure in the second of the move', 2, 0, {}, 'failing'],
    ['a failure a second earlier', 2, -1, {}, 'working'],
    ['a failure on the day before', 2, -86_400, {}, 'working'],
    ['a watch probe of the retirement function', 1, 60, { kind: 'watch-probe', errorCode: 'DisabledException' }, 'working'],
    ['another error', 2, 60, { errorCode: 'ThrottlingException' }, 'working'],
  ])('%s: generation %i, %i s after the move', async (_, generation, seconds, use, consumers) => {
    const run = await world.performAll(await world.plan('run-1'), ['create-generation', 'pre-flight']);
    world.pass(0.4);
    const moved = await world.perform(run, 'move-alias');
    expect(moved.movedAt).toMatch(/\.400Z$/);
    await world.recordUse(generation, { at: secondsAfter(moved.movedAt, seconds), ...use });
    expect(await watch(moved)).toBe(consumers);
  });

  test('a call that an older fence denies is not a failure: it was denied before the move', async () => {
    await world.performAll(await world.plan('run-1'), [...UNTIL_MOVED, ...UNTIL_FENCED]);
    const moved = await world.performAll(await world.plan('run-2', { toGeneration: 3 }), UNTIL_MOVED);
    await world.recordUse(1, { errorCode: 'AccessDenied', operation: 'GenerateDataKey' });
    expect((await world.perform(moved, 'check-consumers')).consumers).toBe('watching');
    await world.recordUse(1, { errorCode: 'IncorrectKeyException' });
    expect((await world.perform(moved, 'check-consumers')).consumers).toBe('failing');
  });

  describe('counts a principal only if it did not fail so before', () => {
    const consumer = { role: 'arn:role', principal: 'arn:session-1', operation: 'Decrypt', errorCode: 'AccessDenied' };
    test.each<[string, number, number, Partial<UseEvidence>, 'working' | 'failing']>([
      ['the same call a day before', 1, -86_400, {}, 'working'],
      ['the same call of another session of the role', 1, -86_400, { principal: 'arn:session-0' }, 'working'],
      ['the same call a minute before', 1, -60, {}, 'working'],
      ['the same call a month before', 1, -30 * 86_400, {}, 'failing'],
      ['another error', 1, -86_400, { errorCode: 'DisabledException' }, 'failing'],
      ['another operation', 1, -86_400, { operation: 'Encrypt' }, 'failing'],
      ['another role', 1, -86_400, { role: 'arn:other' }, 'failing'],
    ])('%s', async (_, generation, seconds, before, consumers) => {
      world.pass(40 * 86_400);
      const moved = await world.performAll(await world.plan('run-1'), UNTIL_MOVED);
      await world.recordUse(generation, { at: secondsAfter(moved.movedAt, seconds), ...consumer, ...before });
      await world.recordUse(2, { at: secondsAfter(moved.movedAt, 7200), ...consumer });
      expect(await watch(moved)).toBe(consumers);
    });

    test('a consumer that failed in a rotation which was rolled back counts again', async () => {
      const first = await world.performAll(await world.plan('run-1'), UNTIL_MOVED);
      await world.recordUse(2, consumer);
      await world.perform(await world.perform(first, 'check-consumers'), 'move-alias-back');
      world.pass(86_400);
      const second = await world.performAll(await world.plan('run-2'), UNTIL_MOVED);
      await world.recordUse(2, consumer);
      expect(await watch(second)).toBe('failing');
    });
  });
});

test('with onConsumerFailure: continue a failure is logged, and the rotation continues', async () => {
  world.description = { ...world.description, onConsumerFailure: 'continue' };
  const moved = await world.performAll(await world.plan('run-1'), UNTIL_MOVED);
  await world.recordUse(2, { principal: 'arn:old-service' });
  expect(await watch(moved)).toBe('working');
  expect(world.lines.map((line) => JSON.parse(line))).toContainEqual(expect.objectContaining({
    level: 'WARN', event: 'consumer-failure-detected', principal: 'arn:old-service', movesAliasBack: false,
  }));
});

describe('when consumers fail', () => {
  test('the alias moves back, and the next run continues with the created generation', async () => {
    const moved = await world.performAll(await world.plan('run-1'), UNTIL_MOVED);
    await world.recordUse(2);
    const failing = await world.perform(moved, 'check-consumers');
    for (let time = 1; time <= 2; time++) await world.perform(failing, 'move-alias-back');
    const family = await world.family();
    expect(family.current).toMatchObject({ generation: 1, phase: 'current' });
    expect(family.generations[1]).toMatchObject({ generation: 2, phase: 'next', keyState: 'Enabled' });
    expect(await world.encryptsThroughAlias()).toBe(true);

    world.pass(86_400);
    const again = await world.plan('run-2', { toGeneration: 2 });
    expect(again).toMatchObject({ kind: 'rotate', toGeneration: 2, watchSeconds: world.description.firstRotationWatchSeconds });
    const done = await world.performAll(again, [...UNTIL_MOVED, ...UNTIL_FENCED, ...UNTIL_CONCLUDED]);
    expect(done).toMatchObject({ consumers: 'working-fenced', census: { verdict: 'empty' } });
    expect(world.localKms.audit.count({ operation: 'CreateKey' })).toBe(2);
  });

  test('the alias does not move back to a generation that cannot encrypt', async () => {
    const moved = await world.performAll(await world.plan('run-1'), UNTIL_MOVED);
    await world.recordUse(2);
    const failing = await world.perform(moved, 'check-consumers');
    const policy = JSON.parse(generationPolicy(world.description, 'current')) as { Statement: object[] };
    const denied = { Effect: 'Deny', Principal: '*', Action: 'kms:Encrypt', Resource: '*' };
    await world.putPolicy(1, JSON.stringify({ ...policy, Statement: [...policy.Statement, denied] }));
    await expect(world.perform(failing, 'move-alias-back')).rejects.toMatchObject({ name: 'AccessDenied' });
    expect((await world.family()).current.generation).toBe(2);
    expect(await world.encryptsThroughAlias()).toBe(true);
  });

  test('after the fence, the fence is lifted before the alias moves back', async () => {
    const fenced = await world.performAll(await world.plan('run-1'), [...UNTIL_MOVED, 'check-consumers', 'fence', 'probe-fence']);
    await world.recordUse(1, { errorCode: 'AccessDenied', operation: 'GenerateDataKey' });
    const failing = await world.perform(fenced, 'check-consumers');
    expect(failing.consumers).toBe('failing-fenced');
    await expect(world.perform(failing, 'move-alias-back')).rejects.toMatchObject({ name: 'KeyNotReady' });
    for (let time = 1; time <= 2; time++) await world.perform(failing, 'lift-fence');
    expect(await world.encrypts((await world.generation(1)).keyId)).toBe(true);
    expect(await world.generation(1)).toMatchObject({ phase: 'current', fencedSince: undefined });
    await world.perform(failing, 'move-alias-back');
    expect((await world.family()).current.generation).toBe(1);
    expect((await world.generation(2)).rolledBack?.firstMovedAt).toBe(failing.movedAt);
  });

  test('the alias does not move back to a generation that an older rotation has replaced', async () => {
    const moved = await world.performAll(await world.plan('run-1'), [...UNTIL_MOVED, ...UNTIL_FENCED]);
    await world.tag(1, GenerationTag.FENCED_SINCE, '2020-01-01T00:00:00.000Z');
    await expect(world.perform(moved, 'move-alias-back')).rejects.toMatchObject({
      name: 'KeyNotReady', message: expect.stringMatching(/cannot move back to an older generation.*"rollBackTo"/),
    });
    expect((await world.family()).current.generation).toBe(2);
  });

  test('consumers that were watched until the end are not watched again by a later run', async () => {
    await world.performAll(await world.plan('run-1'), [...UNTIL_MOVED, ...UNTIL_FENCED]);
    await world.recordUse(1, { errorCode: 'AccessDenied', operation: 'GenerateDataKey' });
    const finish = await world.plan('run-2');
    expect(finish.kind).toBe('finish');
    expect((await world.perform(finish, 'check-consumers')).consumers).toBe('working');
  });

  test('a rollback is not undone: an operator has started it', async () => {
    await world.rotate('run-1');
    const back = await world.performAll(await world.plan('run-2', { rollBackTo: 1 }), ['restore-generation', 'pre-flight', 'move-alias']);
    await world.recordUse(1);
    expect(await watch(back)).toBe('working');
  });

  test('the alias moves back also if a deployment has changed the key policy', async () => {
    const moved = await world.performAll(await world.plan('run-1'), UNTIL_MOVED);
    await world.tag(1, GenerationTag.POLICY_REVISION, 'another');
    await world.perform(moved, 'move-alias-back');
    expect((await world.family()).current.generation).toBe(1);
  });
});
