import type { Family } from '../../../lambda/key-family/family';
import { planRotation } from '../../../lambda/rotation/decide/plan-rotation';
import type { FamilyDescription } from '../../../src/contract/family/family-description';
import type { RotationInput } from '../../../src/contract/runs/rotation-run';
import { aFamily, aGeneration, anEmptied, aNext, ONCE } from '../../support/world/a-family';
import { aFamilyDescription } from '../../support/world/a-family-description';

const TABLE = {
  kind: 'dynamodb-table',
  storeId: 'orders',
  tableName: 't',
  tableArn: 'arn:aws:dynamodb:eu-west-1:111122223333:table/t',
  dataKeyAttribute: 'dataKey',
  encryptionContext: {},
  shards: 2,
} as const;
const AN_HOUR_LATER = new Date(Date.parse(ONCE) + 3_600_000);

function plan(
  family: Family,
  input: RotationInput = {},
  declared: Partial<FamilyDescription> = {},
  activeRuns: readonly string[] = ['mine'],
) {
  return planRotation(family, aFamilyDescription(declared), input, { run: 'mine', activeRuns, now: AN_HOUR_LATER });
}

test('a rotation empties every generation that is not emptied, into the next number', () => {
  const family = aFamily(3, [
    anEmptied(1, { keyState: 'Disabled' }),
    aGeneration(2, { phase: 'fenced', fencedSince: ONCE }),
    aGeneration(3),
  ]);
  expect(plan(family, { toGeneration: 4 }, { stores: [TABLE] })).toEqual({
    run: 'mine',
    kind: 'rotate',
    toGeneration: 4,
    from: [{ generation: 2, keyArn: 'arn:k2' }, { generation: 3, keyArn: 'arn:k3' }],
    others: [{ generation: 1, keyArn: 'arn:k1' }, { generation: 2, keyArn: 'arn:k2' }, { generation: 3, keyArn: 'arn:k3' }],
    watchSeconds: 7_500,
    nextCheckSeconds: 60,
    shards: [{ storeId: 'orders', shard: 0 }, { storeId: 'orders', shard: 1 }],
  });
});

const FRESH = aFamily(1, [aGeneration(1)]);
const ROTATED = aFamily(2, [anEmptied(1), aGeneration(2)]);
const STOPPED_BEFORE_MOVE = aFamily(1, [aGeneration(1), aNext(2)]);
const STOPPED_AFTER_MOVE = aFamily(2, [aGeneration(1), aGeneration(2, { run: 'ended' })]);
const MOVED_WITHOUT_TAG = aFamily(2, [aGeneration(1), aNext(2)]);
const WITHOUT_MATERIAL = aFamily(1, [aGeneration(1), aNext(2, { keyState: 'PendingImport' })]);
const UNUSED_PENDING_DELETION = aFamily(1, [aGeneration(1), aNext(2, { keyState: 'PendingDeletion' })]);
const OLD_PENDING_DELETION = aFamily(2, [aGeneration(1, { keyState: 'PendingDeletion' }), aGeneration(2)]);
const RETIRING = aFamily(3, [
  anEmptied(1, { phase: 'retiring', keyState: 'PendingDeletion' }),
  anEmptied(2, { phase: 'retiring', keyState: 'Disabled' }),
  aGeneration(3),
]);
const ROLLED_BACK = aFamily(1, [aGeneration(1), anEmptied(2)]);
const ROLL_BACK_STOPPED_BEFORE_MOVE = aFamily(2, [aNext(1, { currentSince: ONCE }), aGeneration(2)]);
const ROLL_BACK_STOPPED_AFTER_MOVE = aFamily(1, [aGeneration(1, { run: 'ended' }), aGeneration(2)]);

describe('the plan follows from the input and the state of the family', () => {
  test.each<[string, Family, RotationInput, string, number, number[]]>([
    ['a first generation', FRESH, {}, 'rotate', 2, [1]],
    ['a finished rotation', ROTATED, {}, 'rotate', 3, [2]],
    ['a finished rotation, requested again', ROTATED, { toGeneration: 2 }, 'nothing-to-do', 2, []],
    ['a first generation, requested by number', FRESH, { toGeneration: 1 }, 'nothing-to-do', 1, []],
    ['a created next generation', STOPPED_BEFORE_MOVE, {}, 'rotate', 2, [1]],
    ['a created next generation, requested by number', STOPPED_BEFORE_MOVE, { toGeneration: 2 }, 'rotate', 2, [1]],
    [
      'a created next generation, when the previous rotation is requested again',
      STOPPED_BEFORE_MOVE,
      { toGeneration: 1 },
      'nothing-to-do',
      1,
      [],
    ],
    ['a next generation without key material', WITHOUT_MATERIAL, {}, 'rotate', 2, [1]],
    ['a next generation that is pending deletion', UNUSED_PENDING_DELETION, {}, 'rotate', 3, [1]],
    ['an alias that has moved', STOPPED_AFTER_MOVE, {}, 'finish', 2, [1]],
    ['an alias that has moved, requested by number', STOPPED_AFTER_MOVE, { toGeneration: 2 }, 'finish', 2, [1]],
    ['an alias that has moved, when the next rotation is requested', STOPPED_AFTER_MOVE, { toGeneration: 3 }, 'rotate', 3, [1, 2]],
    ['an alias that has moved without an update of the tags', MOVED_WITHOUT_TAG, {}, 'finish', 2, [1]],
    ['an old generation whose deletion an operator has scheduled', OLD_PENDING_DELETION, {}, 'finish', 2, [1]],
    ['generations in retirement', RETIRING, {}, 'rotate', 4, [3]],
    ['a finished rollback, whose numbers are not reused', ROLLED_BACK, {}, 'rotate', 3, [1]],
    ['a rollback that was stopped before the alias moved', ROLL_BACK_STOPPED_BEFORE_MOVE, {}, 'roll-back', 1, [2]],
    ['a rollback that was stopped after the alias moved', ROLL_BACK_STOPPED_AFTER_MOVE, {}, 'finish', 1, [2]],
  ])('%s', (_, family, input, kind, toGeneration, from) => {
    const run = plan(family, input);
    expect([run.kind, run.toGeneration, run.from.map(({ generation }) => generation)]).toEqual([kind, toGeneration, from]);
  });

  test.each<[string, Family, number, string, number[]]>([
    ['from a finished rotation', ROTATED, 1, 'roll-back', [2]],
    ['from a rotation that was stopped after the alias moved', STOPPED_AFTER_MOVE, 1, 'roll-back', [2]],
    ['to a generation that is disabled', RETIRING, 2, 'roll-back', [3]],
    ['to a generation that is pending deletion', RETIRING, 1, 'roll-back', [3]],
    ['to a newer generation', ROLLED_BACK, 2, 'roll-back', [1]],
    ['requested again before the alias moved', ROLL_BACK_STOPPED_BEFORE_MOVE, 1, 'roll-back', [2]],
    ['requested again after the alias moved', ROLL_BACK_STOPPED_AFTER_MOVE, 1, 'finish', [2]],
    ['from a created next generation', STOPPED_BEFORE_MOVE, 1, 'finish', [2]],
    ['from a next generation without key material', WITHOUT_MATERIAL, 1, 'nothing-to-do', []],
    ['that is finished', ROLLED_BACK, 1, 'nothing-to-do', []],
  ])('a rollback %s', (_, family, rollBackTo, kind, from) => {
    const run = plan(family, { rollBackTo });
    expect([run.kind, run.toGeneration, run.from.map(({ generation }) => generation)]).toEqual([kind, rollBackTo, from]);
  });
});

test('a plan with an existing target contains the key ARNs of all generations', () => {
  expect(plan(RETIRING, { rollBackTo: 2 })).toMatchObject({
    to: { generation: 2, keyArn: 'arn:k2' }, generations: { current: 'arn:k2', all: ['arn:k1', 'arn:k3', 'arn:k2'] },
  });
});

describe('the watch after the move of the alias', () => {
  /** Propagation, then an hour without use, which GetKeyLastUsage reports an hour late. */
  const SHORTEST = 300 + 2 * 3600;

  test.each<[string, Family, RotationInput, number]>([
    ['is longer in the first rotation of a family', FRESH, {}, 86_400],
    ['is longer when the first rotation is started again', STOPPED_BEFORE_MOVE, {}, 86_400],
    ['is as long when the first rotation was stopped after the move, from which it counts', STOPPED_AFTER_MOVE, {}, 86_400],
    ['is as long when the time of the move is not recorded', MOVED_WITHOUT_TAG, {}, 86_400],
    ['lasts until use would be reported in later rotations', ROTATED, {}, SHORTEST],
    ['lasts as long in a rollback', STOPPED_AFTER_MOVE, { rollBackTo: 1 }, SHORTEST],
    ['lasts as long when the first generations are deleted', aFamily(5, [aGeneration(5)]), {}, SHORTEST],
  ])('%s', (_, family, input, seconds) => {
    expect(plan(family, input).watchSeconds).toBe(seconds);
  });

  test('is never shorter than reports take, whatever is declared', () => {
    expect(plan(FRESH, {}, { firstRotationWatchSeconds: 300 }).watchSeconds).toBe(SHORTEST);
  });

  test('begins at the recorded move of the alias, from which consumer failures count', () => {
    expect(plan(STOPPED_AFTER_MOVE).movedAt).toBe(ONCE);
    expect(plan(MOVED_WITHOUT_TAG).movedAt).toBe(AN_HOUR_LATER.toISOString());
    expect(plan(STOPPED_BEFORE_MOVE).movedAt).toBeUndefined();
  });
});

describe('a paused family', () => {
  test.each<[string, Family, RotationInput]>([
    ['creates no generation', FRESH, {}],
    ['fences no generation', STOPPED_AFTER_MOVE, {}],
    ['does not continue a rollback without rollBackTo', ROLL_BACK_STOPPED_BEFORE_MOVE, {}],
  ])('%s', (_, family, input) => {
    expect(() => plan(family, input, { paused: true })).toThrow(
      expect.objectContaining({ name: 'InvalidRequest', message: expect.stringMatching(/paused/) }),
    );
  });

  test('is rolled back by rollBackTo, which also finishes a stopped rollback', () => {
    expect(plan(ROTATED, { rollBackTo: 1 }, { paused: true }).kind).toBe('roll-back');
    expect(plan(ROLL_BACK_STOPPED_AFTER_MOVE, { rollBackTo: 1 }, { paused: true }).kind).toBe('finish');
  });
});

test.each<[string, Family, RotationInput, string, RegExp]>([
  ['a number would be skipped', FRESH, { toGeneration: 3 }, 'InvalidRequest', /got generation 3; allowed: generation 2/],
  ['a number would be reused', ROLLED_BACK, { toGeneration: 2 }, 'InvalidRequest', /got generation 2; allowed: generation 3/],
  ['an older generation is requested', ROTATED, { toGeneration: 1 }, 'InvalidRequest', /got generation 1; allowed: generation 3/],
  ['the created next generation would be skipped', STOPPED_BEFORE_MOVE, { toGeneration: 3 }, 'InvalidRequest', /allowed: generation 2/],
  [
    'the generation to roll back to is deleted',
    ROTATED,
    { rollBackTo: 0 },
    'InvalidRequest',
    /or was deleted, got generation 0; allowed: generation 1, 2/,
  ],
  [
    'the generation to roll back to has no key material',
    aFamily(2, [anEmptied(1, { keyState: 'PendingImport', materialVersion: 'v1' }), aGeneration(2)]),
    { rollBackTo: 1 },
    'KeyNotReady',
    /alias\/orders\/g1: generation has no key material, got PendingImport; .*version v1 of its secret/,
  ],
])('a rotation is refused if %s', (_, family, input, name, message) => {
  expect(() => plan(family, input)).toThrow(expect.objectContaining({ name, message: expect.stringMatching(message) }));
});

describe('a family has one running rotation', () => {
  const rotating = [
    ['has claimed the next number', aFamily(1, [aGeneration(1), aNext(2, { run: 'other' })])],
    [
      'is about to claim it',
      aFamily(1, [aGeneration(1)], [{ keyId: 'k', keyArn: 'arn:k', generation: 2, run: 'other', createdAt: new Date(0) }]),
    ],
    ['has moved the alias', aFamily(2, [aGeneration(1), aGeneration(2, { run: 'other' })])],
    ['restores an older generation', aFamily(2, [anEmptied(1, { run: 'other' }), aGeneration(2)])],
  ] as const;

  test.each(rotating)('a run that %s prevents others', (_, family) => {
    expect(() => plan(family, {}, {}, ['other', 'mine'])).toThrow(expect.objectContaining({
      name: 'RunSuperseded', message: expect.stringMatching(/another run is rotating this family, got run mine; allowed: run other/),
    }));
  });

  test.each(rotating)('a run that %s prevents no other after it has ended', (_, family) => {
    expect(plan(family).kind).not.toBe('nothing-to-do');
  });

  test('a rollback is refused while another run is rotating', () => {
    const family = aFamily(2, [aGeneration(1), aGeneration(2, { run: 'other' })]);
    expect(() => plan(family, { rollBackTo: 1 }, {}, ['other', 'mine'])).toThrow(expect.objectContaining({
      name: 'RunSuperseded', message: expect.stringMatching(/wait until that run has ended, or stop it/),
    }));
  });
});
