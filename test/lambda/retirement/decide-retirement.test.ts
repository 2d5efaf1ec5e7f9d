import type { Generation } from '../../../lambda/key-family/family';
import { decideRetirement } from '../../../lambda/retirement/decide/decide-retirement';
import type { RetirementFacts } from '../../../lambda/retirement/retirement-facts';
import type { FamilyDescription } from '../../../src/contract/family/family-description';
import type { RetirementAction } from '../../../src/contract/runs/retirement-run';
import type { StorePlace } from '../../../src/contract/stores/store-place';
import { aFamily, aGeneration } from '../../support/world/a-family';
import {
  aCertified, aPending, aReplaced, aRetiringFamily, aSoaking, day, DELETION, facts, familyOf, probeDays,
} from '../../support/world/a-retiring-generation';

function decide(generation: Generation, known: RetirementFacts, description: Partial<FamilyDescription> = {}): RetirementAction {
  return decideRetirement(generation, familyOf(generation), aRetiringFamily(description), known);
}

const waitBecause = (reason: RegExp) => ({ kind: 'wait', reason: expect.stringMatching(reason) });
const cancelBecause = (reason: RegExp) => ({ kind: 'cancel-deletion', reason: expect.stringMatching(reason) });
const endBecause = (reason: RegExp) => ({ kind: 'end-retirement', reason: expect.stringMatching(reason) });
const startOverBecause = (reason: RegExp) => ({ kind: 'start-over', reason: expect.stringMatching(reason) });
const CERTIFY = { kind: 'count', purpose: 'certify' };
const RECOUNT = { kind: 'count', purpose: 'recount' };
const recounted = (countedAt: string, ...lacking: StorePlace[]): Partial<RetirementFacts> => ({ recount: { countedAt, lacking } });
const RECOUNT_PENDING = { kind: 'count', purpose: 'recount-in-pending-window' };

const LATE = facts(day(100));
const USE = {
  schema: 1, kind: 'use', eventId: 'event-1', operation: 'Decrypt', errorCode: 'DisabledException', principal: 'arn:shop',
} as const;
const usedOn = (at: string) => ({ use: { ...USE, at }, probeDays: [] });

describe('a generation is not retired', () => {
  test.each<[string, Generation, Partial<FamilyDescription>, RegExp]>([
    ['without a declared deletion', aReplaced(), { deletion: undefined }, /no deletion is declared/],
    ['while the family is paused', aReplaced(), { paused: true }, /paused/],
    ['without stores to count', aReplaced(), { stores: [] }, /no store is declared/],
    ['as the next generation', aReplaced({ phase: 'next' }), {}, /not fenced: its phase is next/],
    ['before it is fenced', aReplaced({ phase: 'current' }), {}, /not fenced/],
    ['before its fence is in force', aReplaced({ fencedSince: undefined }), {}, /it is not fenced and emptied/],
    ['before it is emptied', aReplaced({ emptiedSince: undefined }), {}, /it is not fenced and emptied/],
    ['after a record was found under it', aCertified({ emptiedSince: undefined }), {}, /found in use afterwards/],
    ['without its key material', aReplaced({ keyState: 'PendingImport' }), {}, /the state of its key is PendingImport/],
  ])('%s', (_, generation, description, reason) => {
    expect(decide(generation, LATE, description)).toEqual(waitBecause(reason));
  });

  test.each<[string, Generation, object]>([
    ['waits before it is disabled', aCertified(), waitBecause(/not counted: arn:orders, attribute former/)],
    ['is enabled in soak', aSoaking(), endBecause(/not counted/)],
    ['is no longer pending deletion', aPending(), endBecause(/not counted/)],
  ])('while a store that was declared is not counted: it %s', (_, generation, action) => {
    const uncountedStores = [{ tableArn: 'arn:orders', dataKeyAttribute: 'former' }];
    expect(decide(generation, facts(day(37), { uncountedStores, deletionDate: new Date(day(41)) }))).toEqual(action);
  });

  test('as the current generation', () => {
    const current = aReplaced();
    const family = aFamily(1, [current, aGeneration(2)]);
    expect(decideRetirement(current, family, aRetiringFamily(), LATE)).toEqual(waitBecause(/current generation/));
  });
});

describe('a generation is certified', () => {
  test.each<[string, Generation, RetirementFacts, unknown]>([
    ['not before the last data key has reached its maximum age', aReplaced({ emptiedSince: day(0) }), facts(day(0, 13, 4)),
      waitBecause(/from 2026-01-01T13:05:00.000Z/)],
    ['when the last data key has reached its maximum age', aReplaced({ emptiedSince: day(0) }), facts(day(0, 13, 5)), CERTIFY],
    ['not before a record can no longer be held that was read before it was re-encrypted', aReplaced({ emptiedSince: day(0, 15) }),
      facts(day(0, 15, 59)), waitBecause(/from 2026-01-01T16:00:00.000Z/)],
    ['when no such record can be held', aReplaced({ emptiedSince: day(0, 15) }), facts(day(0, 16)), CERTIFY],
    ['if an operator has disabled its key', aReplaced({ keyState: 'Disabled' }), LATE, CERTIFY],
    ['again if a run was stopped before it opened the gate', aCertified({ phase: 'fenced' }), facts(day(2)), CERTIFY],
    ['again if it was emptied again after its certificate', aCertified({ emptiedSince: day(1, 13) }), facts(day(2)), CERTIFY],
  ])('%s', (_, generation, known, action) => expect(decide(generation, known)).toEqual(action));
});

describe('a certificate proves nothing if its census was early by what is declared now', () => {
  test.each<[string, Generation, object]>([
    ['under observation, it is certified again later', aCertified(), waitBecause(/census for its certificate is due from 2026-01-11/)],
    ['in soak, it is enabled', aSoaking(), endBecause(/certified again/)],
    ['pending deletion, it is cancelled', aPending(), cancelBecause(/no longer has a certificate/)],
  ])('%s', (_, generation, action) => {
    const known = facts(day(9), { deletionDate: new Date(day(41)) });
    expect(decide(generation, known, { dataKeyMaxAgeSeconds: 10 * 24 * 3600 })).toEqual(action);
  });
});

describe('a certified generation is observed', () => {
  const used = (at: string) => ({ lastUsage: { operation: 'Decrypt', at: new Date(at), eventId: 'event-1' } });
  test.each<[string, Generation, RetirementFacts, unknown]>([
    ['until it was not used for a week', aCertified(), facts(day(8, 11)),
      waitBecause(/disabled from 2026-01-09T12:00:00.000Z if it is not used before$/)],
    ['no longer than a week without use', aCertified(), facts(day(8)), { kind: 'disable' }],
    ['for another week after a use, which the reason names', aCertified(), facts(day(8), used(day(4))),
      waitBecause(/from 2026-01-12T12:.* last used by Decrypt at 2026-01-05T12:00:00.000Z \(CloudTrail event event-1\)$/)],
    ['no longer than a week after a use', aCertified(), facts(day(11), used(day(4))), { kind: 'disable' }],
    ['regardless of a use before the certificate', aCertified(), facts(day(8), used(day(0))), { kind: 'disable' }],
    ['also if its key was disabled but not tagged', aCertified({ keyState: 'Disabled' }), facts(day(8)), { kind: 'disable' }],
  ])('%s', (_, generation, known, action) => expect(decide(generation, known)).toEqual(action));
});

describe('a soak', () => {
  const probed = (from: number, to: number) => ({ watch: { probeDays: probeDays(from, to) } });
  test.each<[string, RetirementFacts, Partial<typeof DELETION>, unknown]>([
    ['sends the watch probe of the day', facts(day(10), probed(8, 9)), {}, { kind: 'probe-watch' }],
    ['waits after the event of the day arrived', facts(day(10), probed(8, 10)), {},
      waitBecause(/3 of 7 days without use, and the recount is due from 2026-02-01T12:00:00.000Z at/)],
    ['waits until backups have expired', facts(day(30), probed(8, 30)), {},
      waitBecause(/23 of 7 days without use, and the recount is due from 2026-02-01T12:00:00.000Z/)],
    ['ends after the declared days and the expiry of backups', facts(day(31), probed(8, 30)), {}, RECOUNT],
    ['counts only days with the event of a probe', facts(day(31), probed(25, 30)), {}, { kind: 'probe-watch' }],
    ['does not end while no event arrives', facts(day(31), probed(8, 29)), {}, { kind: 'probe-watch' }],
    ['reports that no event has arrived for days', facts(day(12), probed(8, 8)), {}, { kind: 'probe-watch', noEventSince: day(8) }],
    ['reports that no event has ever arrived', facts(day(11, 13)), {}, { kind: 'probe-watch', noEventSince: day(8) }],
    ['takes at least as long as declared', facts(day(15, 11), probed(8, 15)), { backupRetentionDays: 0 },
      waitBecause(/8 of 7 .* from 2026-01-16T12:/)],
    ['starts over after a use', facts(day(31), { watch: usedOn(day(20)) }), {},
      startOverBecause(/call of Decrypt was refused at .*DisabledException.*event-1/)],
    ['starts again after a use with onUse: hold', facts(day(31), { watch: { ...usedOn(day(20)), probeDays: probeDays(21, 26) } }),
      { onUse: 'hold' }, { kind: 'probe-watch', noEventSince: '2026-01-27T00:00:00.000Z' }],
    ['reports that use, too', facts(day(26), { watch: { ...usedOn(day(20)), probeDays: probeDays(21, 26) } }), { onUse: 'hold' },
      waitBecause(/6 of 7 .*call of Decrypt was refused/)],
    ['ends when the backups of the day of that use have expired', facts(day(50), { watch: { ...usedOn(day(20)), probeDays: probeDays(21, 49) } }),
      { onUse: 'hold' }, RECOUNT],
    ['does not end before', facts(day(49), { watch: { ...usedOn(day(20)), probeDays: probeDays(21, 49) } }),
      { onUse: 'hold' }, waitBecause(/from 2026-02-20T12:00:00.000Z at/)],
    ['starts over after a use that KMS reported only after the key was disabled',
      facts(day(9), { lastUsage: { operation: 'Decrypt', at: new Date(day(7)) } }), {}, startOverBecause(/used by Decrypt at 2026-01-08/)],
    ['is not affected by a use before the observation',
      facts(day(10), { ...probed(8, 9), lastUsage: { operation: 'Decrypt', at: new Date(day(1)) } }), {}, { kind: 'probe-watch' }],
  ])('%s', (_, known, deletion, action) => {
    expect(decide(aSoaking(), known, { deletion: { ...DELETION, ...deletion } })).toEqual(action);
  });

  test('does not end before the backups of the day of a successful use in observation have expired', () => {
    const known = facts(day(33), { ...probed(12, 33), lastUsage: { operation: 'ReEncrypt', at: new Date(day(4)) } });
    expect(decide(aSoaking({ disabledSince: day(12) }), known)).toEqual(waitBecause(/recount is due from 2026-02-04T12:00:00.000Z/));
  });

  test('starts over if the key was enabled', () => {
    expect(decide(aSoaking({ keyState: 'Enabled' }), LATE)).toEqual(startOverBecause(/it is Enabled, although/));
  });

  test('starts again if a deletion was scheduled, or about to be, and is not pending', () => {
    expect(decide(aSoaking({ recountedAt: day(31) }), facts(day(31), probed(8, 30)))).toEqual({ kind: 'disable' });
  });

  test('starts over if the key was used before that deletion was cancelled', () => {
    const known = facts(day(33), { watch: usedOn(day(32)) });
    const deletion = { ...DELETION, onUse: 'hold' } as const;
    expect(decide(aSoaking({ recountedAt: day(31) }), known, { deletion })).toEqual(startOverBecause(/event-1/));
  });

  test('does not count the days before a second certificate', () => {
    const action = decide(aSoaking({ certifiedSince: day(20) }), facts(day(60), probed(8, 19)));
    expect(action).toEqual({ kind: 'probe-watch', noEventSince: day(20) });
  });
});

describe('a pending deletion', () => {
  const until = { deletionDate: new Date(day(41)) };
  test.each<[string, RetirementFacts, Partial<FamilyDescription>, unknown]>([
    ['waits for the last days of its window', facts(day(36, 11), until), {},
      waitBecause(/until 2026-02-11T12.* recount is due from 2026-02-06T12/)],
    ['leads to a recount five days before its end', facts(day(36), until), {}, RECOUNT_PENDING],
    ['leads to a recount until three days before its end', facts(day(38, 11), until), {}, RECOUNT_PENDING],
    ['is cancelled if the recount was not completed in time', facts(day(38), until), {},
      cancelBecause(/recount in the pending window was not completed/)],
    ['continues after the recount', facts(day(40), { ...until, ...recounted(day(36)) }), {}, waitBecause(/KMS deletes the key on 2026-02-11/)],
    [
      'does not continue after a recount that has not counted a store that is declared now',
      facts(day(40), { ...until, ...recounted(day(36), { tableArn: 'arn:table', dataKeyAttribute: 'dataKey' }) }),
      {},
      { kind: 'cancel-deletion', reason: expect.stringMatching(/not counted a store that is declared now: arn:table, attribute dataKey$/) },
    ],
    ['does not continue after a recount that is too old', facts(day(40), { ...until, ...recounted(day(35)) }), {},
      cancelBecause(/recount in the pending window was not completed/)],
    ['starts over after a use', facts(day(40), { ...until, ...recounted(day(36)), watch: usedOn(day(40)) }), {}, startOverBecause(/event-1/)],
    ['starts over after a use, even with onUse: hold', facts(day(40), { ...until, watch: usedOn(day(40)) }),
      { deletion: { ...DELETION, onUse: 'hold' } }, startOverBecause(/event-1/)],
    ['is cancelled if the event of a use in soak arrives late', facts(day(32), { ...until, watch: usedOn(day(28)) }),
      { deletion: { ...DELETION, onUse: 'hold' } }, cancelBecause(/before 2026-02-28T12/)],
    ['is cancelled when the declared backup retention becomes longer', facts(day(32), until),
      { deletion: { ...DELETION, backupRetentionDays: 60 } }, cancelBecause(/before 2026-03-03/)],
    ['is cancelled when the family is paused', facts(day(32), until), { paused: true }, cancelBecause(/paused/)],
    ['starts over after a use although the family is paused', facts(day(32), { ...until, watch: usedOn(day(32)) }),
      { paused: true }, startOverBecause(/event-1/)],
    ['is cancelled when deletion is no longer declared', facts(day(32), until),
      { deletion: undefined }, endBecause(/no deletion is declared/)],
  ])('%s', (_, known, description, action) => expect(decide(aPending(), known, description)).toEqual(action));

  test.each<[string, Partial<Generation>, unknown]>([
    ['is cancelled if its certificate is withdrawn', { certifiedSince: undefined }, cancelBecause(/no longer has a certificate/)],
    ['is cancelled if a record was found', { emptiedSince: undefined }, endBecause(/found in use afterwards/)],
    ['is cancelled if the generation is no longer fenced', { phase: 'current' }, endBecause(/not fenced/)],
    ['is left unchanged if another principal scheduled it', { recountedAt: undefined }, waitBecause(/not scheduled by retirement/)],
  ])('%s', (_, changes, action) => expect(decide(aPending(changes), facts(day(32), until))).toEqual(action));
});

describe('a pause, a removed `deletion` or a rotation does not stop a reversal', () => {
  const without = { deletion: undefined };
  test.each<[string, Generation, RetirementFacts, Partial<FamilyDescription>, unknown]>([
    ['a use in soak starts over while the family is paused', aSoaking(), facts(day(20), { watch: usedOn(day(19)) }), { paused: true },
      startOverBecause(/event-1/)],
    ['a use in soak starts over in a run that only reverts', aSoaking(), facts(day(20), { watch: usedOn(day(19)), onlyReversals: true }), {},
      startOverBecause(/event-1/)],
    ['a use of a key that was disabled but not tagged starts over', aCertified({ keyState: 'Disabled' }),
      facts(day(9), { watch: usedOn(day(9)) }), { paused: true }, startOverBecause(/event-1/)],
    ['a disabled generation is enabled when deletion is no longer declared', aSoaking(), facts(day(20)), without,
      endBecause(/no deletion is declared/)],
    ['also if its key was disabled but not tagged', aCertified({ keyState: 'Disabled' }), facts(day(20)), without,
      endBecause(/no deletion is declared/)],
    ['also if the family is paused, too', aSoaking(), facts(day(20)), { ...without, paused: true }, endBecause(/no deletion is declared/)],
    ['a disabled generation is enabled when its last store is removed', aSoaking(), facts(day(20)), { stores: [] }, endBecause(/no store/)],
    ['a key that an operator disabled stays disabled', aReplaced({ keyState: 'Disabled' }), facts(day(20)), without, waitBecause(/retained/)],
    ['a soak without use stays as it is while the family is paused', aSoaking(), facts(day(31)), { paused: true }, waitBecause(/paused/)],
    ['a run that only reverts disables nothing', aCertified(), facts(day(8), { onlyReversals: true }), {}, waitBecause(/only makes/)],
  ])('%s', (_, generation, known, description, action) => expect(decide(generation, known, description)).toEqual(action));
});

describe('a certificate that is missing from the evidence is no certificate', () => {
  const missing = (now: string, changes: Partial<RetirementFacts> = {}) => facts(now, { certificate: 'missing', ...changes });
  test.each<[string, Generation, RetirementFacts, unknown]>([
    ['in observation: the generation is certified again', aCertified(), missing(day(8)), { kind: 'count', purpose: 'certify' }],
    ['in soak: it is enabled first, because only an enabled key can be observed', aSoaking(), missing(day(20)), endBecause(/certified again/)],
    ['while pending: the deletion is cancelled', aPending(), missing(day(32), { deletionDate: new Date(day(41)) }),
      cancelBecause(/no longer has a certificate/)],
  ])('%s', (_, generation, known, action) => expect(decide(generation, known)).toEqual(action));

  test('a changed one cancels a pending deletion', () => {
    const known = facts(day(37), { certificate: 'changed', deletionDate: new Date(day(41)) });
    expect(decide(aPending(), known)).toEqual(cancelBecause(/no longer has a certificate/));
  });
});
