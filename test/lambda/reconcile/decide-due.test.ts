import type { Generation, OrphanedKey, UnclaimedKey } from '../../../lambda/key-family/family';
import { readRolledBack, rolledBackValue } from '../../../lambda/key-family/rolled-back';
import { decideDue, type ObservedState } from '../../../lambda/reconcile/decide-due';
import { measureFamily } from '../../../lambda/reconcile/measure-family';
import type { DeletionDescription, FamilyDescription, GenerationMaterial } from '../../../src/contract/family/family-description';
import { aFamily, aGeneration, anEmptied, aNext } from '../../support/world/a-family';
import { aFamilyDescription } from '../../support/world/a-family-description';

const NOW = new Date('2026-11-23T09:00:00.000Z');
const DAY_SECONDS = 24 * 60 * 60;
const daysAgo = (days: number) => new Date(NOW.getTime() - days * DAY_SECONDS * 1000).toISOString();

const QUARTERLY = { rotateEverySeconds: 90 * DAY_SECONDS };
const SECRET: GenerationMaterial = {
  kind: 'secret', secretArn: 'arn:secret', encoding: 'binary', wrappingAlgorithm: 'RSAES_OAEP_SHA_256', wrappingKeySpec: 'RSA_4096',
};
const DELETION: DeletionDescription = {
  observationDays: 7,
  soakDays: 14,
  backupRetentionDays: 35,
  pendingWindowDays: 30,
  onUse: 'start-over',
};

/** A family without running executions, whose current generation became current ten days ago. */
function observed(overrides: Partial<ObservedState> = {}): ObservedState {
  return {
    family: aFamily(1, [aCurrent(1, 10)]),
    drifted: [],
    runningRotations: [],
    runningRetirements: [],
    newMaterial: undefined,
    unusedUnclaimed: [],
    unusedOrphans: [],
    ...overrides,
  };
}

function aCurrent(generation: number, days: number, overrides: Partial<Generation> = {}): Generation {
  return aGeneration(generation, { currentSince: daysAgo(days), ...overrides });
}

function anUnclaimedKey(days: number, overrides: Partial<UnclaimedKey> = {}): UnclaimedKey {
  return { keyId: 'unclaimed', keyArn: 'arn:unclaimed', generation: 2, run: 'ended', createdAt: new Date(daysAgo(days)), ...overrides };
}

function anOrphan(days: number, keyState: Generation['keyState'] = 'Disabled'): OrphanedKey {
  return { ...anUnclaimedKey(days + 1), keyState, orphanedSince: daysAgo(days) };
}

function due(overrides: Partial<ObservedState>, intent: Partial<FamilyDescription> = {}) {
  return decideDue(observed(overrides), aFamilyDescription(intent), NOW);
}

/** The mark of a generation that was rolled back while this was declared. */
const rolledBackUnder = (intent: Partial<FamilyDescription>) =>
  readRolledBack(rolledBackValue({}, aFamilyDescription(intent), daysAgo(3)));
const rotate = (toGeneration: number, reason: string) => ({ kind: 'start-rotation', toGeneration, reason });
const retire = (generation: number) => ({ kind: 'start-retirement', generation });
const pending = (generation: number) => anEmptied(generation, { keyState: 'PendingDeletion', recountedAt: daysAgo(5) });

describe('a rotation', () => {
  test.each<[string, Partial<ObservedState>, Partial<FamilyDescription>, object[]]>([
    ['is due at the maximum age', { family: aFamily(1, [aCurrent(1, 90)]) }, QUARTERLY, [rotate(2, 'due-by-age')]],
    ['is due later, if reconcile runs were missed', { family: aFamily(1, [aCurrent(1, 100)]) }, QUARTERLY, [rotate(2, 'due-by-age')]],
    ['is not due before the maximum age', { family: aFamily(1, [aCurrent(1, 89.99)]) }, QUARTERLY, []],
    ['is not due in a new family', { family: aFamily(1, [aCurrent(1, 0)]) }, QUARTERLY, []],
    ['is never due by age without a schedule', { family: aFamily(1, [aCurrent(1, 4000)]) }, {}, []],
    [
      'is due by the creation date of a key without a tag for the time at which it became current',
      { family: aFamily(1, [aCurrent(1, 0, { currentSince: undefined, createdAt: new Date(daysAgo(91)) })]) },
      QUARTERLY,
      [rotate(2, 'due-by-age')],
    ],
    [
      'that was stopped before the move of the alias is continued',
      { family: aFamily(1, [aCurrent(1, 10), aNext(2)]) },
      QUARTERLY,
      [rotate(2, 'unfinished')],
    ],
    [
      'that was stopped before the move of the alias is not continued without a schedule: only an operator moves the alias',
      { family: aFamily(1, [aCurrent(1, 10), aNext(2)]) },
      {},
      [],
    ],
    [
      'that was rolled back is not tried again, but reported',
      { family: aFamily(1, [aCurrent(1, 100), aNext(2, { rolledBack: rolledBackUnder(QUARTERLY) })]) },
      QUARTERLY,
      [{ kind: 'hold-rotation', toGeneration: 2 }],
    ],
    [
      'that was rolled back is tried again after a deployment that changes the declaration',
      { family: aFamily(1, [aCurrent(1, 100), aNext(2, { rolledBack: rolledBackUnder({ ...QUARTERLY, maxPasses: 9 }) })]) },
      QUARTERLY,
      [rotate(2, 'unfinished')],
    ],
    [
      'that was rolled back is not tried again if its mark cannot be read',
      { family: aFamily(1, [aCurrent(1, 100), aNext(2, { rolledBack: {} })]) },
      QUARTERLY,
      [{ kind: 'hold-rotation', toGeneration: 2 }],
    ],
    [
      'that was stopped after the move of the alias is continued',
      { family: aFamily(2, [aGeneration(1), aCurrent(2, 1)]) },
      {},
      [rotate(2, 'unfinished')],
    ],
    [
      'that was stopped before the tags were updated is continued',
      { family: aFamily(2, [aGeneration(1), aNext(2)]) },
      {},
      [rotate(2, 'unfinished')],
    ],
    [
      'whose census found records is continued',
      { family: aFamily(2, [anEmptied(1, { emptiedSince: undefined }), aCurrent(2, 1)]) },
      {},
      [rotate(2, 'not-emptied')],
    ],
    [
      'is started if a record was found under an emptied generation, also if that is pending deletion',
      { family: aFamily(2, [anEmptied(1, { emptiedSince: undefined, keyState: 'PendingDeletion' }), aCurrent(2, 1)]) },
      {},
      [rotate(2, 'not-emptied')],
    ],
    [
      'that is unfinished is completed before the next one',
      { family: aFamily(2, [anEmptied(1, { emptiedSince: undefined }), aCurrent(2, 400)]) },
      QUARTERLY,
      [rotate(2, 'not-emptied')],
    ],
    [
      'is not started while another one runs',
      { family: aFamily(1, [aCurrent(1, 100)]), runningRotations: ['arn:rotation:run'] },
      QUARTERLY,
      [],
    ],
    ['is not started while the family is paused', { family: aFamily(1, [aCurrent(1, 100)]) }, { ...QUARTERLY, paused: true }, []],
  ])('%s', (_, overrides, intent, actions) => {
    expect(due(overrides, intent)).toEqual(actions);
  });
});

describe('new key material for a rotation', () => {
  const announced = (withinDays: number) => ({ kind: 'announce-key-material', withinDays });
  const withSecret = { ...QUARTERLY, material: SECRET };
  const aged = (days: number, newMaterial: ObservedState['newMaterial']): Partial<ObservedState> =>
    ({ family: aFamily(1, [aCurrent(1, days)]), newMaterial });

  test.each<[string, Partial<ObservedState>, Partial<FamilyDescription>, object[]]>([
    ['is not announced earlier than a month before', aged(59, 'missing'), withSecret, []],
    ['is announced a month before', aged(60, 'missing'), withSecret, [announced(30)]],
    ['is announced two weeks before', aged(76, 'missing'), withSecret, [announced(14)]],
    ['is announced three days before', aged(87, 'missing'), withSecret, [announced(3)]],
    ['is announced as due, and no rotation starts without it', aged(90, 'missing'), withSecret, [announced(0)]],
    ['is due until it is available', aged(200, 'missing'), withSecret, [announced(0)]],
    ['starts the rotation when it is available', aged(90, 'available'), withSecret, [rotate(2, 'due-by-age')]],
    [
      'is due for a generation in state PendingImport',
      { family: aFamily(1, [aCurrent(1, 10), aNext(2, { origin: 'EXTERNAL', keyState: 'PendingImport' })]), newMaterial: 'missing' },
      withSecret,
      [announced(0)],
    ],
    [
      'is not needed to continue with a generation that has key material',
      { family: aFamily(1, [aCurrent(1, 10), aNext(2, { origin: 'EXTERNAL', materialVersion: 'v2' })]), newMaterial: undefined },
      withSecret,
      [rotate(2, 'unfinished')],
    ],
    [
      'is not needed to empty old generations',
      { family: aFamily(2, [aGeneration(1), aCurrent(2, 100)]), newMaterial: undefined },
      withSecret,
      [rotate(2, 'unfinished')],
    ],
    ['is never announced without a schedule', aged(400, 'missing'), { material: SECRET }, []],
  ])('%s', (_, overrides, intent, actions) => {
    expect(due(overrides, intent)).toEqual(actions);
  });
});

describe('a retirement', () => {
  const rotated = (old: Generation, others: Partial<ObservedState> = {}) => ({ family: aFamily(2, [old, aCurrent(2, 10)]), ...others });

  test.each<[string, Partial<ObservedState>, Partial<FamilyDescription>, object[]]>([
    [
      'is started for each generation that is fenced and emptied',
      { family: aFamily(3, [anEmptied(1), anEmptied(2), aCurrent(3, 10)]) },
      { deletion: DELETION },
      [retire(1), retire(2)],
    ],
    [
      'is started for a generation in soak',
      rotated(anEmptied(1, { phase: 'retiring', keyState: 'Disabled' })),
      { deletion: DELETION },
      [retire(1)],
    ],
    ['is not started if no deletion is declared', rotated(anEmptied(1)), {}, []],
    [
      'is not started for a generation that is being retired already',
      rotated(anEmptied(1), { runningRetirements: ['arn:aws:states:r:1:execution:Retirement:retire-g1-20261122'] }),
      { deletion: DELETION },
      [],
    ],
    [
      'of one generation does not prevent that of another',
      rotated(anEmptied(1), { runningRetirements: ['arn:aws:states:r:1:execution:Retirement:retire-g11-20261122'] }),
      { deletion: DELETION },
      [retire(1)],
    ],
    [
      'that an operator has started may be for any generation, so no other is started',
      rotated(anEmptied(1), { runningRetirements: ['arn:aws:states:r:1:execution:Retirement:by-hand'] }),
      { deletion: DELETION },
      [],
    ],
    ['is not started while a rotation runs', rotated(anEmptied(1), { runningRotations: ['arn:rotation:run'] }), { deletion: DELETION }, []],
    [
      'is not started when a rotation starts',
      { family: aFamily(2, [anEmptied(1), aCurrent(2, 90)]) },
      { ...QUARTERLY, deletion: DELETION },
      [rotate(3, 'due-by-age')],
    ],
    ['is not started while the family is paused', rotated(anEmptied(1)), { deletion: DELETION, paused: true }, []],
  ])('%s', (_, overrides, intent, actions) => {
    expect(due(overrides, intent)).toEqual(actions);
  });

  test.each<[string, Partial<ObservedState>, Partial<FamilyDescription>]>([
    ['whatever else is due', {}, { deletion: DELETION }],
    ['while a rotation runs', { runningRotations: ['arn:rotation:run'] }, { deletion: DELETION }],
    [
      'while a retirement runs that an operator has started',
      { runningRetirements: ['arn:aws:states:r:1:execution:Retirement:by-hand'] },
      { deletion: DELETION },
    ],
    ['while the family is paused', {}, { deletion: DELETION, paused: true }],
    ['when deletion is no longer declared', {}, {}],
  ])('checks a pending deletion, which KMS executes by itself, %s', (_, others, intent) => {
    expect(due(rotated(pending(1), others), intent)).toEqual([retire(1)]);
  });

  test('does not check a deletion that no retirement has scheduled', () => {
    expect(due(rotated(anEmptied(1, { keyState: 'PendingDeletion' })), { deletion: DELETION })).toEqual([]);
  });
});

describe('drift', () => {
  const drifted = [aGeneration(1)];
  test.each<[string, Partial<ObservedState>, Partial<FamilyDescription>, object[]]>([
    ['is corrected', { drifted }, {}, [{ kind: 'correct-drift', generation: 1 }]],
    [
      'is not corrected while a rotation runs, which writes key policies first and tags second',
      { drifted, runningRotations: ['arn:rotation:run'] },
      {},
      [],
    ],
    [
      'is not corrected while its generation is being retired',
      { drifted, runningRetirements: ['arn:retirement:retire-g1-20261122'] },
      {},
      [],
    ],
    ['is not corrected while the family is paused', { drifted }, { paused: true }, []],
  ])('%s', (_, overrides, intent, actions) => {
    expect(due(overrides, intent)).toEqual(actions);
  });

  test('is corrected before the rotation starts, which fails at another policy revision', () => {
    const actions = due({ drifted, family: aFamily(1, [aCurrent(1, 90)]) }, QUARTERLY);
    expect(actions.map(({ kind }) => kind)).toEqual(['correct-drift', 'start-rotation']);
  });
});

describe('an unclaimed key', () => {
  const scheduled = { kind: 'schedule-orphan-deletion', keyId: 'unclaimed' };
  test.each<[string, Partial<ObservedState>, Partial<FamilyDescription>, object[]]>([
    ['is disabled after a day', { unusedUnclaimed: [anUnclaimedKey(1)] }, {}, [{ kind: 'disable-unclaimed-key', keyId: 'unclaimed' }]],
    ['is left unchanged on the day of its creation', { unusedUnclaimed: [anUnclaimedKey(0.9)] }, {}, []],
    ['is left unchanged while a rotation runs', { unusedUnclaimed: [anUnclaimedKey(3)], runningRotations: ['arn:rotation:run'] }, {}, []],
    [
      'is left unchanged when a rotation starts, which may claim it',
      { unusedUnclaimed: [anUnclaimedKey(3)], family: aFamily(1, [aCurrent(1, 90)]) },
      QUARTERLY,
      [rotate(2, 'due-by-age')],
    ],
    ['is scheduled for deletion a week later', { unusedOrphans: [anOrphan(7)] }, {}, [scheduled]],
    ['is not scheduled for deletion before a week has passed', { unusedOrphans: [anOrphan(6.9)] }, {}, []],
    ['without key material is scheduled for deletion as well', { unusedOrphans: [anOrphan(7, 'PendingImport')] }, {}, [scheduled]],
    ['is kept if it was enabled again', { unusedOrphans: [anOrphan(30, 'Enabled')] }, {}, []],
    [
      'is left unchanged while the family is paused',
      { unusedUnclaimed: [anUnclaimedKey(3)], unusedOrphans: [anOrphan(30)] },
      { paused: true },
      [],
    ],
  ])('%s', (_, overrides, intent, actions) => {
    expect(due(overrides, intent)).toEqual(actions);
  });
});

describe('the metrics of a family', () => {
  function measured(overrides: Partial<ObservedState>, intent: Partial<FamilyDescription> = {}) {
    return measureFamily(observed(overrides), aFamilyDescription(intent), NOW);
  }

  test('contain the age of the current generation, and the numbers of old generations', () => {
    const inSoak = anEmptied(2, { keyState: 'Disabled', disabledSince: daysAgo(3) });
    expect(measured({ family: aFamily(4, [pending(1), inSoak, anEmptied(3), aCurrent(4, 12.5), aNext(5)]) })).toEqual({
      CurrentGenerationAgeDays: 12.5,
      RetainedGenerations: 2,
      GenerationsInSoak: 1,
      KeyMaterialDueSoon: 0,
      KeyMaterialDue: 0,
      PrincipalsLeftOut: 0,
    });
  });

  test.each<[string, number, ObservedState['newMaterial'], number, number]>([
    ['neither announced nor due', 10, undefined, 0, 0],
    ['announced', 80, 'missing', 1, 0],
    ['due', 90, 'missing', 1, 1],
    ['available', 90, 'available', 0, 0],
  ])('report that new key material is %s', (_, days, newMaterial, KeyMaterialDueSoon, KeyMaterialDue) => {
    const numbers = measured({ family: aFamily(1, [aCurrent(1, days)]), newMaterial }, { ...QUARTERLY, material: SECRET });
    expect(numbers).toMatchObject({ KeyMaterialDueSoon, KeyMaterialDue });
  });
});
