import type { Family } from '../../../lambda/key-family/family';
import { planRotation } from '../../../lambda/rotation/decide/plan-rotation';
import type { FamilyDescription } from '../../../src/contract/family/family-description';
import type { RotationInput } from '../../../src/contract/runs/rotation-run';
import { aFamily, aGeneration, anEmptied, aNext, ONCE } from '../../support/world/a-family';
import { aFamilyDescription } from '../../support/world/a-family-description';

const TABLE = { kind: 'dynamodb-table', storeId: 'orders', tableName: 't', dataKeyAttribute: 'dataKey', encryptionContext: {}, shards: 2 } as const;
const AN_HOUR_LATER = new Date(Date.parse(ONCE) + 3_600_000);

function plan(family: Family, input: RotationInput = {}, declared: Partial<FamilyDescription> = {}, activeRuns: readonly string[] = ['mine']) {
  return planRotation(family, aFamilyDescription(declared), input, { run: 'mine', activeRuns, now: AN_HOUR_LATER });
}

test('a rotation leads from every generation that was not found empty to the number after all others', () => {
  const family = aFamily(3, [anEmptied(1, { keyState: 'Disabled' }), aGeneration(2, { phase: 'fenced', fencedSince: ONCE }), aGeneration(3)]);
  expect(plan(family, { toGeneration: 4 }, { stores: [TABLE] })).toEqual({
    run: 'mine',
    kind: 'rotate',
    toGeneration: 4,
    from: [{ generation: 2, keyArn: 'arn:k2' }, { generation: 3, keyArn: 'arn:k3' }],
    others: [{ generation: 1, keyArn: 'arn:k1' }, { generation: 2, keyArn: 'arn:k2' }, { generation: 3, keyArn: 'arn:k3' }],
    waitAfterMoveSeconds: 300,
    shards: [{ storeId: 'orders', shard: 0 }, { storeId: 'orders', shard: 1 }],
  });
});

const FRESH = aFamily(1, [aGeneration(1)]);
const ROTATED = aFamily(2, [anEmptied(1), aGeneration(2)]);
const STOPPED_BEFORE_MOVE = aFamily(1, [aGeneration(1), aNext(2)]);
const STOPPED_AFTER_MOVE = aFamily(2, [aGeneration(1), aGeneration(2, { run: 'ended' })]);
const MOVED_AND_NOT_NOTED = aFamily(2, [aGeneration(1), aNext(2)]);
const NEVER_FILLED = aFamily(1, [aGeneration(1), aNext(2, { keyState: 'PendingImport' })]);
const GIVEN_UP = aFamily(1, [aGeneration(1), aNext(2, { keyState: 'PendingDeletion' })]);
const LOST_BY_HAND = aFamily(2, [aGeneration(1, { keyState: 'PendingDeletion' }), aGeneration(2)]);
const RETIRING = aFamily(3, [
  anEmptied(1, { phase: 'retiring', keyState: 'PendingDeletion' }), anEmptied(2, { phase: 'retiring', keyState: 'Disabled' }), aGeneration(3),
]);
const ROLLED_BACK = aFamily(1, [aGeneration(1), anEmptied(2)]);
const ROLL_BACK_STOPPED_BEFORE_MOVE = aFamily(2, [aNext(1, { currentSince: ONCE }), aGeneration(2)]);
const ROLL_BACK_STOPPED_AFTER_MOVE = aFamily(1, [aGeneration(1, { run: 'ended' }), aGeneration(2)]);

describe('what is asked for means, in the world as it is', () => {
  test.each<[string, Family, RotationInput, string, number, number[]]>([
    ['a first generation', FRESH, {}, 'rotate', 2, [1]],
    ['a finished rotation', ROTATED, {}, 'rotate', 3, [2]],
    ['a finished rotation, asked for once more', ROTATED, { toGeneration: 2 }, 'nothing-to-do', 2, []],
    ['a first generation, asked for by number', FRESH, { toGeneration: 1 }, 'nothing-to-do', 1, []],
    ['a generation left behind', STOPPED_BEFORE_MOVE, {}, 'rotate', 2, [1]],
    ['a generation left behind, asked for by number', STOPPED_BEFORE_MOVE, { toGeneration: 2 }, 'rotate', 2, [1]],
    ['a generation left behind, when the rotation before it is asked for once more', STOPPED_BEFORE_MOVE, { toGeneration: 1 }, 'nothing-to-do', 1, []],
    ['a generation that never had material', NEVER_FILLED, {}, 'rotate', 2, [1]],
    ['a generation that was given up', GIVEN_UP, {}, 'rotate', 3, [1]],
    ['an alias that has moved', STOPPED_AFTER_MOVE, {}, 'finish', 2, [1]],
    ['an alias that has moved, asked for by number', STOPPED_AFTER_MOVE, { toGeneration: 2 }, 'finish', 2, [1]],
    ['an alias that has moved, and the next rotation asked for', STOPPED_AFTER_MOVE, { toGeneration: 3 }, 'rotate', 3, [1, 2]],
    ['an alias that has moved without a tag that says so', MOVED_AND_NOT_NOTED, {}, 'finish', 2, [1]],
    ['a deletion that somebody scheduled by hand', LOST_BY_HAND, {}, 'finish', 2, [1]],
    ['generations in retirement', RETIRING, {}, 'rotate', 4, [3]],
    ['a finished roll-back: its numbers are not used again', ROLLED_BACK, {}, 'rotate', 3, [1]],
    ['a roll-back stopped before the alias moved', ROLL_BACK_STOPPED_BEFORE_MOVE, {}, 'roll-back', 1, [2]],
    ['a roll-back stopped after the alias moved', ROLL_BACK_STOPPED_AFTER_MOVE, {}, 'finish', 1, [2]],
  ])('%s', (_, family, input, kind, toGeneration, from) => {
    const run = plan(family, input);
    expect([run.kind, run.toGeneration, run.from.map(({ generation }) => generation)]).toEqual([kind, toGeneration, from]);
  });

  test.each<[string, Family, number, string, number[]]>([
    ['from a finished rotation', ROTATED, 1, 'roll-back', [2]],
    ['from a rotation stopped after the alias moved', STOPPED_AFTER_MOVE, 1, 'roll-back', [2]],
    ['to a generation that is disabled', RETIRING, 2, 'roll-back', [3]],
    ['to a generation that is pending deletion', RETIRING, 1, 'roll-back', [3]],
    ['forward again', ROLLED_BACK, 2, 'roll-back', [1]],
    ['asked for again while stopped', ROLL_BACK_STOPPED_BEFORE_MOVE, 1, 'roll-back', [2]],
    ['asked for again after the alias moved', ROLL_BACK_STOPPED_AFTER_MOVE, 1, 'finish', [2]],
    ['away from a generation left behind', STOPPED_BEFORE_MOVE, 1, 'finish', [2]],
    ['away from a generation that never had material', NEVER_FILLED, 1, 'nothing-to-do', []],
    ['that is finished', ROLLED_BACK, 1, 'nothing-to-do', []],
  ])('a roll-back %s', (_, family, rollBackTo, kind, from) => {
    const run = plan(family, { rollBackTo });
    expect([run.kind, run.toGeneration, run.from.map(({ generation }) => generation)]).toEqual([kind, rollBackTo, from]);
  });
});

test('a generation that exists is told to the worker: it and every other one', () => {
  expect(plan(RETIRING, { rollBackTo: 2 })).toMatchObject({
    to: { generation: 2, keyArn: 'arn:k2' }, generations: { current: 'arn:k2', all: ['arn:k1', 'arn:k3', 'arn:k2'] },
  });
});

describe('after the alias has moved it settles', () => {
  test.each<[string, Family, RotationInput, number]>([
    ['longer in the first rotation of a family', FRESH, {}, 86_400],
    ['longer when the first rotation is tried again', STOPPED_BEFORE_MOVE, {}, 86_400],
    ['for as long as is left, when the first rotation was stopped an hour after it', STOPPED_AFTER_MOVE, {}, 82_800],
    ['anew, when nobody knows since when', MOVED_AND_NOT_NOTED, {}, 86_400],
    ['as usual from then on', ROTATED, {}, 300],
    ['as usual in a roll-back', STOPPED_AFTER_MOVE, { rollBackTo: 1 }, 300],
    ['as usual where the first generations have gone', aFamily(5, [aGeneration(5)]), {}, 300],
    ['no more, when it has for an hour', aFamily(2, [aGeneration(1, { phase: 'fenced', fencedSince: ONCE }), aGeneration(2)]), {}, 0],
  ])('%s', (_, family, input, seconds) => {
    expect(plan(family, input).waitAfterMoveSeconds).toBe(seconds);
  });

  test('and what consumers have run into since is looked for', () => {
    expect(plan(STOPPED_AFTER_MOVE).movedAt).toBe(ONCE);
    expect(plan(MOVED_AND_NOT_NOTED).movedAt).toBe(AN_HOUR_LATER.toISOString());
    expect(plan(STOPPED_BEFORE_MOVE).movedAt).toBeUndefined();
  });
});

describe('a family that is paused', () => {
  test.each<[string, Family, RotationInput]>([
    ['makes no new generation', FRESH, {}], ['fences nothing', STOPPED_AFTER_MOVE, {}], ['resumes no roll-back by itself', ROLL_BACK_STOPPED_BEFORE_MOVE, {}],
  ])('%s', (_, family, input) => {
    expect(() => plan(family, input, { paused: true })).toThrow(expect.objectContaining({ name: 'InvalidRequest', message: expect.stringMatching(/paused/) }));
  });

  test('goes back when a person says so, and finishes that', () => {
    expect(plan(ROTATED, { rollBackTo: 1 }, { paused: true }).kind).toBe('roll-back');
    expect(plan(ROLL_BACK_STOPPED_AFTER_MOVE, { rollBackTo: 1 }, { paused: true }).kind).toBe('finish');
  });
});

test.each<[string, Family, RotationInput, string, RegExp]>([
  ['a number would be skipped', FRESH, { toGeneration: 3 }, 'InvalidRequest', /got generation 3; allowed: generation 2/],
  ['a number would be used again', ROLLED_BACK, { toGeneration: 2 }, 'InvalidRequest', /got generation 2; allowed: generation 3/],
  ['an older generation is meant', ROTATED, { toGeneration: 1 }, 'InvalidRequest', /got generation 1; allowed: generation 3/],
  ['it would jump over one that was left behind', STOPPED_BEFORE_MOVE, { toGeneration: 3 }, 'InvalidRequest', /allowed: generation 2/],
  ['the generation to roll back to has gone', ROTATED, { rollBackTo: 0 }, 'InvalidRequest', /exists no more, got generation 0; allowed: generation 1, 2/],
  ['the generation to roll back to has lost its key material', aFamily(2, [anEmptied(1, { keyState: 'PendingImport', materialVersion: 'v1' }), aGeneration(2)]),
    { rollBackTo: 1 }, 'KeyNotReady', /alias\/orders\/g1: generation has no key material, got PendingImport; .*version v1 of its secret/],
])('a rotation does not begin when %s', (_, family, input, name, message) => {
  expect(() => plan(family, input)).toThrow(expect.objectContaining({ name, message: expect.stringMatching(message) }));
});

describe('of all runs at work, a family knows one', () => {
  const isAtWork = [
    ['has claimed the next number', aFamily(1, [aGeneration(1), aNext(2, { run: 'other' })])],
    ['is about to claim it', aFamily(1, [aGeneration(1)], [{ keyId: 'k', keyArn: 'arn:k', generation: 2, run: 'other', createdAt: new Date(0) }])],
    ['has moved the alias', aFamily(2, [aGeneration(1), aGeneration(2, { run: 'other' })])],
    ['brings an older generation back', aFamily(2, [anEmptied(1, { run: 'other' }), aGeneration(2)])],
  ] as const;

  test.each(isAtWork)('one that %s keeps others from beginning', (_, family) => {
    expect(() => plan(family, {}, {}, ['other', 'mine'])).toThrow(expect.objectContaining({
      name: 'RunSuperseded', message: expect.stringMatching(/another run is rotating this family, got run mine; allowed: run other/),
    }));
  });

  test.each(isAtWork)('one that %s keeps nobody once it has ended', (_, family) => {
    expect(plan(family).kind).not.toBe('nothing-to-do');
  });

  test('not even a roll-back goes against a run at work', () => {
    const family = aFamily(2, [aGeneration(1), aGeneration(2, { run: 'other' })]);
    expect(() => plan(family, { rollBackTo: 1 }, {}, ['other', 'mine'])).toThrow(expect.objectContaining({
      name: 'RunSuperseded', message: expect.stringMatching(/wait until that run has ended, or stop it/),
    }));
  });
});
