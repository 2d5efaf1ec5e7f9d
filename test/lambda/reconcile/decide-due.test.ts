import type { Generation, OrphanedKey, UnclaimedKey } from '../../../lambda/key-family/family';
import { decideDue, type ReconcileWorld } from '../../../lambda/reconcile/decide-due';
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
const DELETION: DeletionDescription = { observationDays: 7, soakDays: 14, backupRetentionDays: 35, pendingWindowDays: 30, onUse: 'start-over' };

/** A family at rest, whose current generation has been so for ten days. */
function aWorld(overrides: Partial<ReconcileWorld> = {}): ReconcileWorld {
  return {
    family: aFamily(1, [aCurrent(1, 10)]),
    behind: [],
    runningRotations: [],
    runningRetirements: [],
    bytes: undefined,
    strays: [],
    orphans: [],
    ...overrides,
  };
}

function aCurrent(generation: number, days: number, overrides: Partial<Generation> = {}): Generation {
  return aGeneration(generation, { currentSince: daysAgo(days), ...overrides });
}

function aStray(days: number, overrides: Partial<UnclaimedKey> = {}): UnclaimedKey {
  return { keyId: 'stray', keyArn: 'arn:stray', generation: 2, run: 'ended', createdAt: new Date(daysAgo(days)), ...overrides };
}

function anOrphan(days: number, keyState: Generation['keyState'] = 'Disabled'): OrphanedKey {
  return { ...aStray(days + 1), keyState, orphanedSince: daysAgo(days) };
}

function due(world: Partial<ReconcileWorld>, intent: Partial<FamilyDescription> = {}) {
  return decideDue(aWorld(world), aFamilyDescription(intent), NOW);
}

const rotate = (toGeneration: number, reason: string) => ({ kind: 'start-rotation', toGeneration, reason });
const retire = (generation: number) => ({ kind: 'start-retirement', generation });
const pending = (generation: number) => anEmptied(generation, { keyState: 'PendingDeletion', recountedAt: daysAgo(5) });

describe('a rotation', () => {
  test.each<[string, Partial<ReconcileWorld>, Partial<FamilyDescription>, object[]]>([
    ['is due at the very age', { family: aFamily(1, [aCurrent(1, 90)]) }, QUARTERLY, [rotate(2, 'due-by-age')]],
    ['is due late, when ticks were missed', { family: aFamily(1, [aCurrent(1, 100)]) }, QUARTERLY, [rotate(2, 'due-by-age')]],
    ['is not due a moment before', { family: aFamily(1, [aCurrent(1, 89.99)]) }, QUARTERLY, []],
    ['is not due in a family that has only just been deployed', { family: aFamily(1, [aCurrent(1, 0)]) }, QUARTERLY, []],
    ['is never due by age without a schedule', { family: aFamily(1, [aCurrent(1, 4000)]) }, {}, []],
    ['counts from the birth of a key that does not say since when it is current',
      { family: aFamily(1, [aCurrent(1, 0, { currentSince: undefined, createdAt: new Date(daysAgo(91)) })]) }, QUARTERLY, [rotate(2, 'due-by-age')]],
    ['begun and stopped is gone on with, schedule or not', { family: aFamily(1, [aCurrent(1, 10), aNext(2)]) }, {}, [rotate(2, 'unfinished')]],
    ['stopped after the alias had moved is gone on with', { family: aFamily(2, [aGeneration(1), aCurrent(2, 1)]) }, {}, [rotate(2, 'unfinished')]],
    ['stopped before the tag followed the alias is gone on with', { family: aFamily(2, [aGeneration(1), aNext(2)]) }, {}, [rotate(2, 'unfinished')]],
    ['whose census was not zero is gone on with',
      { family: aFamily(2, [anEmptied(1, { emptiedSince: undefined }), aCurrent(2, 1)]) }, {}, [rotate(2, 'not-emptied')]],
    ['follows a generation under which something was found again, also if its deletion is pending',
      { family: aFamily(2, [anEmptied(1, { emptiedSince: undefined, keyState: 'PendingDeletion' }), aCurrent(2, 1)]) }, {}, [rotate(2, 'not-emptied')]],
    ['finishes what is old before it begins anew',
      { family: aFamily(2, [anEmptied(1, { emptiedSince: undefined }), aCurrent(2, 400)]) }, QUARTERLY, [rotate(2, 'not-emptied')]],
    ['does not begin while another one runs', { family: aFamily(1, [aCurrent(1, 100)]), runningRotations: ['arn:rotation:run'] }, QUARTERLY, []],
    ['does not begin while the family is paused', { family: aFamily(1, [aCurrent(1, 100)]) }, { ...QUARTERLY, paused: true }, []],
  ])('%s', (_, world, intent, actions) => {
    expect(due(world, intent)).toEqual(actions);
  });
});

describe('bytes that a rotation needs', () => {
  const announced = (withinDays: number) => ({ kind: 'announce-key-material', withinDays });
  const withSecret = { ...QUARTERLY, material: SECRET };
  const aged = (days: number, bytes: ReconcileWorld['bytes']): Partial<ReconcileWorld> => ({ family: aFamily(1, [aCurrent(1, days)]), bytes });

  test.each<[string, Partial<ReconcileWorld>, Partial<FamilyDescription>, object[]]>([
    ['are not spoken of early', aged(59, 'used'), withSecret, []],
    ['are announced a month ahead', aged(60, 'used'), withSecret, [announced(30)]],
    ['are announced two weeks ahead', aged(76, 'used'), withSecret, [announced(14)]],
    ['are announced three days ahead', aged(87, 'used'), withSecret, [announced(3)]],
    ['are announced as due, and no rotation begins without them', aged(90, 'used'), withSecret, [announced(0)]],
    ['are due for as long as nobody brings them', aged(200, 'used'), withSecret, [announced(0)]],
    ['let the rotation begin when they are there', aged(90, 'new'), withSecret, [rotate(2, 'due-by-age')]],
    ['are due for a generation that waits for them',
      { family: aFamily(1, [aCurrent(1, 10), aNext(2, { keyState: 'PendingImport' })]), bytes: 'used' }, withSecret, [announced(0)]],
    ['are not needed to go on with a generation that has its own',
      { family: aFamily(1, [aCurrent(1, 10), aNext(2, { materialVersion: 'v2' })]), bytes: undefined }, withSecret, [rotate(2, 'unfinished')]],
    ['are not needed to empty old generations',
      { family: aFamily(2, [aGeneration(1), aCurrent(2, 100)]), bytes: undefined }, withSecret, [rotate(2, 'unfinished')]],
    ['are never announced without a schedule', aged(400, 'used'), { material: SECRET }, []],
  ])('%s', (_, world, intent, actions) => {
    expect(due(world, intent)).toEqual(actions);
  });
});

describe('a retirement', () => {
  const rotated = (old: Generation, others: Partial<ReconcileWorld> = {}) => ({ family: aFamily(2, [old, aCurrent(2, 10)]), ...others });

  test.each<[string, Partial<ReconcileWorld>, Partial<FamilyDescription>, object[]]>([
    ['is asked for each generation that is fenced and empty',
      { family: aFamily(3, [anEmptied(1), anEmptied(2), aCurrent(3, 10)]) }, { deletion: DELETION }, [retire(1), retire(2)]],
    ['is asked for a generation in soak', rotated(anEmptied(1, { phase: 'retiring', keyState: 'Disabled' })), { deletion: DELETION }, [retire(1)]],
    ['is not asked for where no deletion is declared', rotated(anEmptied(1)), {}, []],
    ['is not asked for a generation that is in work already',
      rotated(anEmptied(1), { runningRetirements: ['arn:aws:states:r:1:execution:Retirement:retire-g1-20261122'] }), { deletion: DELETION }, []],
    ['of one generation does not keep another from its own',
      rotated(anEmptied(1), { runningRetirements: ['arn:aws:states:r:1:execution:Retirement:retire-g11-20261122'] }), { deletion: DELETION }, [retire(1)]],
    ['that somebody has started by hand may be of any generation',
      rotated(anEmptied(1), { runningRetirements: ['arn:aws:states:r:1:execution:Retirement:by-hand'] }), { deletion: DELETION }, []],
    ['waits while a rotation runs', rotated(anEmptied(1), { runningRotations: ['arn:rotation:run'] }), { deletion: DELETION }, []],
    ['waits when a rotation begins',
      { family: aFamily(2, [anEmptied(1), aCurrent(2, 90)]) }, { ...QUARTERLY, deletion: DELETION }, [rotate(3, 'due-by-age')]],
    ['waits while the family is paused', rotated(anEmptied(1)), { deletion: DELETION, paused: true }, []],
  ])('%s', (_, world, intent, actions) => {
    expect(due(world, intent)).toEqual(actions);
  });

  test.each<[string, Partial<ReconcileWorld>, Partial<FamilyDescription>]>([
    ['whatever else is due', {}, { deletion: DELETION }],
    ['while a rotation runs', { runningRotations: ['arn:rotation:run'] }, { deletion: DELETION }],
    ['while somebody\'s own run goes on', { runningRetirements: ['arn:aws:states:r:1:execution:Retirement:by-hand'] }, { deletion: DELETION }],
    ['while the family is paused', {}, { deletion: DELETION, paused: true }],
    ['when deletion is declared no more', {}, {}],
  ])('looks at a deletion that is pending, which comes to its end by itself, %s', (_, world, intent) => {
    expect(due(rotated(pending(1), world), intent)).toEqual([retire(1)]);
  });

  test('does not look at a deletion that somebody else has scheduled', () => {
    expect(due(rotated(anEmptied(1, { keyState: 'PendingDeletion' })), { deletion: DELETION })).toEqual([]);
  });
});

describe('what is behind what is declared', () => {
  const behind = [aGeneration(1)];
  test.each<[string, Partial<ReconcileWorld>, Partial<FamilyDescription>, object[]]>([
    ['is brought up to date', { behind }, {}, [{ kind: 'bring-up-to-date', generation: 1 }]],
    ['is left to a rotation that runs: it writes policies and tags one after the other', { behind, runningRotations: ['arn:rotation:run'] }, {}, []],
    ['is left to a retirement that runs', { behind, runningRetirements: ['arn:retirement:retire-g1-20261122'] }, {}, []],
    ['is left as it is while the family is paused', { behind }, { paused: true }, []],
  ])('%s', (_, world, intent, actions) => {
    expect(due(world, intent)).toEqual(actions);
  });

  test('comes before the rotation, which would stop at another revision', () => {
    expect(due({ behind, family: aFamily(1, [aCurrent(1, 90)]) }, QUARTERLY).map(({ kind }) => kind)).toEqual(['bring-up-to-date', 'start-rotation']);
  });
});

describe('a key that was made in vain', () => {
  test.each<[string, Partial<ReconcileWorld>, Partial<FamilyDescription>, object[]]>([
    ['is set aside after a day', { strays: [aStray(1)] }, {}, [{ kind: 'set-aside', keyId: 'stray' }]],
    ['is left to whoever has only just made it', { strays: [aStray(0.9)] }, {}, []],
    ['is left to a run that is at work', { strays: [aStray(3)], runningRotations: ['arn:rotation:run'] }, {}, []],
    ['is left to a rotation that begins, and may claim it',
      { strays: [aStray(3)], family: aFamily(1, [aCurrent(1, 90)]) }, QUARTERLY, [rotate(2, 'due-by-age')]],
    ['is scheduled for deletion a week later', { orphans: [anOrphan(7)] }, {}, [{ kind: 'schedule-deletion', keyId: 'stray' }]],
    ['waits for a whole week', { orphans: [anOrphan(6.9)] }, {}, []],
    ['has no material to disable, and goes as well', { orphans: [anOrphan(7, 'PendingImport')] }, {}, [{ kind: 'schedule-deletion', keyId: 'stray' }]],
    ['stays if somebody has enabled it again', { orphans: [anOrphan(30, 'Enabled')] }, {}, []],
    ['stays while the family is paused', { strays: [aStray(3)], orphans: [anOrphan(30)] }, { paused: true }, []],
  ])('%s', (_, world, intent, actions) => {
    expect(due(world, intent)).toEqual(actions);
  });
});

describe('the numbers of a family', () => {
  function measured(world: Partial<ReconcileWorld>, intent: Partial<FamilyDescription> = {}) {
    return measureFamily(aWorld(world), aFamilyDescription(intent), NOW);
  }

  test('tell its age, and what became of old generations', () => {
    const inSoak = anEmptied(2, { keyState: 'Disabled', disabledSince: daysAgo(3) });
    expect(measured({ family: aFamily(4, [pending(1), inSoak, anEmptied(3), aCurrent(4, 12.5), aNext(5)]) })).toEqual({
      CurrentGenerationAgeDays: 12.5, RetainedGenerations: 2, GenerationsInSoak: 1, KeyMaterialDueSoon: 0, KeyMaterialDue: 0,
    });
  });

  test.each<[string, number, ReconcileWorld['bytes'], number, number]>([
    ['neither announced nor due', 10, undefined, 0, 0],
    ['announced', 80, 'used', 1, 0],
    ['due', 90, 'used', 1, 1],
    ['there', 90, 'new', 0, 0],
  ])('tell that bytes are %s', (_, days, bytes, KeyMaterialDueSoon, KeyMaterialDue) => {
    const numbers = measured({ family: aFamily(1, [aCurrent(1, days)]), bytes }, { ...QUARTERLY, material: SECRET });
    expect(numbers).toMatchObject({ KeyMaterialDueSoon, KeyMaterialDue });
  });
});
