import type { Generation } from '../../../lambda/key-family/family';
import { decideRetirement } from '../../../lambda/retirement/decide/decide-retirement';
import type { RetirementFacts } from '../../../lambda/retirement/retirement-facts';
import type { FamilyDescription } from '../../../src/contract/family/family-description';
import type { RetirementAction } from '../../../src/contract/runs/retirement-run';
import { aFamily, aGeneration } from '../../support/world/a-family';
import {
  aCertified, aPending, aReplaced, aRetiringFamily, aSoaking, day, DELETION, echoes, facts, familyOf,
} from '../../support/world/a-retiring-generation';

function decide(generation: Generation, known: RetirementFacts, description: Partial<FamilyDescription> = {}): RetirementAction {
  return decideRetirement(generation, familyOf(generation), aRetiringFamily(description), known);
}

const waitBecause = (reason: RegExp) => ({ kind: 'wait', reason: expect.stringMatching(reason) });
const cancelBecause = (reason: RegExp) => ({ kind: 'cancel-deletion', reason: expect.stringMatching(reason) });
const startOverBecause = (reason: RegExp) => ({ kind: 'start-over', reason: expect.stringMatching(reason) });
const CERTIFY = { kind: 'count', purpose: 'certify' };
const RECOUNT = { kind: 'count', purpose: 'recount' };
const RECOUNT_PENDING = { kind: 'count', purpose: 'recount-in-pending-window' };

const LATE = facts(day(100));
const USE = { schema: 1, kind: 'use', eventId: 'event-1', operation: 'Decrypt', errorCode: 'DisabledException', principal: 'arn:somebody' } as const;
const usedOn = (at: string) => ({ use: { ...USE, at }, echoDays: [] });

describe('a generation is not retired', () => {
  test.each<[string, Generation, Partial<FamilyDescription>, RegExp]>([
    ['without a declared deletion', aReplaced(), { deletion: undefined }, /no deletion is declared/],
    ['while the family is paused', aReplaced(), { paused: true }, /paused/],
    ['without stores to count', aReplaced(), { stores: [] }, /no store is declared/],
    ['as the next one', aReplaced({ phase: 'next' }), {}, /not fenced: its phase is next/],
    ['before it is fenced', aReplaced({ phase: 'current' }), {}, /not fenced/],
    ['before its fence holds', aReplaced({ fencedSince: undefined }), {}, /no rotation has fenced and emptied it/],
    ['before it is emptied', aReplaced({ emptiedSince: undefined }), {}, /no rotation has fenced and emptied it/],
    ['after something was found under it', aCertified({ emptiedSince: undefined }), {}, /something was found under it/],
    ['without its key material', aReplaced({ keyState: 'PendingImport' }), {}, /its key is PendingImport/],
  ])('%s', (_, generation, description, reason) => {
    expect(decide(generation, LATE, description)).toEqual(waitBecause(reason));
  });

  test('as the current one', () => {
    const current = aReplaced();
    expect(decideRetirement(current, aFamily(1, [current, aGeneration(2)]), aRetiringFamily(), LATE)).toEqual(waitBecause(/current generation/));
  });
});

describe('certify', () => {
  test.each<[string, Generation, RetirementFacts, unknown]>([
    ['a moment before the last writer has forgotten', aReplaced(), facts(day(0, 13, 4)), waitBecause(/from 2026-01-01T13:05:00.000Z/)],
    ['when the last writer has forgotten', aReplaced(), facts(day(0, 13, 5)), CERTIFY],
    ['a key that somebody has disabled', aReplaced({ keyState: 'Disabled' }), LATE, CERTIFY],
    ['again if a run was stopped before the gate was open', aCertified({ phase: 'fenced' }), facts(day(2)), CERTIFY],
    ['again if records were found and emptied since', aCertified({ emptiedSince: day(1, 13) }), facts(day(2)), CERTIFY],
  ])('%s', (_, generation, known, action) => expect(decide(generation, known)).toEqual(action));
});

describe('observe', () => {
  const used = (at: string) => ({ lastUsage: { operation: 'Decrypt', at: new Date(at), eventId: 'event-1' } });
  test.each<[string, Generation, RetirementFacts, unknown]>([
    ['until it was quiet for a week', aCertified(), facts(day(8, 11)), waitBecause(/disabled from 2026-01-09T12:00:00.000Z if nobody uses it until then$/)],
    ['no longer than a quiet week', aCertified(), facts(day(8)), { kind: 'disable' }],
    ['anew after a use, and name it', aCertified(), facts(day(8), used(day(4))),
      waitBecause(/from 2026-01-12T12:.* last used by Decrypt at 2026-01-05T12:00:00.000Z \(CloudTrail event event-1\)$/)],
    ['no longer than a quiet week after a use', aCertified(), facts(day(11), used(day(4))), { kind: 'disable' }],
    ['regardless of a use before the certificate', aCertified(), facts(day(8), used(day(0))), { kind: 'disable' }],
    ['also a key that was disabled but not noted', aCertified({ keyState: 'Disabled' }), facts(day(8)), { kind: 'disable' }],
  ])('%s', (_, generation, known, action) => expect(decide(generation, known)).toEqual(action));
});

describe('soak', () => {
  const heard = (from: number, to: number) => ({ watch: { echoDays: echoes(from, to) } });
  test.each<[string, RetirementFacts, Partial<typeof DELETION>, unknown]>([
    ['makes the echo of the day', facts(day(10), heard(8, 9)), {}, { kind: 'echo' }],
    ['has nothing more to do when it is heard', facts(day(10), heard(8, 10)), {}, waitBecause(/3 of 7 quiet days, and counted again from 2026-02-01T12:00:00.000Z at/)],
    ['waits for the backups', facts(day(30), heard(8, 30)), {}, waitBecause(/23 of 7 quiet days, and counted again from 2026-02-01T12:00:00.000Z/)],
    ['ends when soak and backups are over', facts(day(31), heard(8, 30)), {}, RECOUNT],
    ['counts days with an echo only', facts(day(31), heard(25, 30)), {}, { kind: 'echo' }],
    ['does not end while nothing is heard', facts(day(31), heard(8, 29)), {}, { kind: 'echo' }],
    ['tells when nothing has been heard for long', facts(day(12), heard(8, 8)), {}, { kind: 'echo', unheardSince: day(8) }],
    ['tells when nothing has ever been heard', facts(day(11, 13)), {}, { kind: 'echo', unheardSince: day(8) }],
    ['takes at least as long as declared', facts(day(15, 11), heard(8, 15)), { backupRetentionDays: 0 }, waitBecause(/8 of 7 .* from 2026-01-16T12:/)],
    ['starts over when somebody asks', facts(day(31), { watch: usedOn(day(20)) }), {}, startOverBecause(/asked for it by Decrypt at .*DisabledException.*event-1/)],
    ['begins anew when somebody asks and only is to be told', facts(day(31), { watch: { ...usedOn(day(20)), echoDays: echoes(21, 26) } }),
      { onUse: 'hold' }, { kind: 'echo', unheardSince: '2026-01-27T00:00:00.000Z' }],
    ['tells of that use, too', facts(day(26), { watch: { ...usedOn(day(20)), echoDays: echoes(21, 26) } }), { onUse: 'hold' }, waitBecause(/6 of 7 .*asked for it by Decrypt/)],
    ['ends a quiet week after that', facts(day(31), { watch: { ...usedOn(day(20)), echoDays: echoes(21, 30) } }), { onUse: 'hold' }, RECOUNT],
    ['starts over after a use that nobody had known of when it was disabled',
      facts(day(9), { lastUsage: { operation: 'Decrypt', at: new Date(day(7)) } }), {}, startOverBecause(/somebody used it by Decrypt at 2026-01-08/)],
    ['is not touched by a use before the observation', facts(day(10), { ...heard(8, 9), lastUsage: { operation: 'Decrypt', at: new Date(day(1)) } }), {}, { kind: 'echo' }],
  ])('%s', (_, known, deletion, action) => {
    expect(decide(aSoaking(), known, { deletion: { ...DELETION, ...deletion } })).toEqual(action);
  });

  test('starts over when somebody has enabled the key', () => {
    expect(decide(aSoaking({ keyState: 'Enabled' }), LATE)).toEqual(startOverBecause(/somebody enabled it/));
  });

  test('begins anew when a deletion was scheduled, or about to be, and is not pending', () => {
    expect(decide(aSoaking({ recountedAt: day(31) }), facts(day(31), heard(8, 30)))).toEqual({ kind: 'disable' });
  });

  test('starts over when somebody asked before that deletion was cancelled', () => {
    const known = facts(day(33), { watch: usedOn(day(32)) });
    expect(decide(aSoaking({ recountedAt: day(31) }), known, { deletion: { ...DELETION, onUse: 'hold' } })).toEqual(startOverBecause(/event-1/));
  });

  test('does not count the days before a second certificate', () => {
    expect(decide(aSoaking({ certifiedSince: day(20) }), facts(day(60), heard(8, 19)))).toEqual({ kind: 'echo', unheardSince: day(20) });
  });
});

describe('a pending deletion', () => {
  const until = { deletionDate: new Date(day(41)) };
  test.each<[string, RetirementFacts, Partial<FamilyDescription>, unknown]>([
    ['waits for its second half', facts(day(36, 11), until), {}, waitBecause(/until 2026-02-11T12.* once more from 2026-02-06T12/)],
    ['is counted again in its second half', facts(day(36), until), {}, RECOUNT_PENDING],
    ['is counted again until it is nearly over', facts(day(39, 11), until), {}, RECOUNT_PENDING],
    ['is cancelled if it could not be counted again in time', facts(day(39), until), {}, cancelBecause(/not be counted once more in time/)],
    ['runs to its end when it was', facts(day(40), { ...until, recounted: true }), {}, waitBecause(/gone on 2026-02-11/)],
    ['starts over when somebody asks', facts(day(40), { ...until, recounted: true, watch: usedOn(day(40)) }), {}, startOverBecause(/event-1/)],
    ['starts over then, even if it only was to be told', facts(day(40), { ...until, watch: usedOn(day(40)) }),
      { deletion: { ...DELETION, onUse: 'hold' } }, startOverBecause(/event-1/)],
    ['is cancelled when somebody had asked in soak, as turns out now', facts(day(32), { ...until, watch: usedOn(day(28)) }),
      { deletion: { ...DELETION, onUse: 'hold' } }, cancelBecause(/from 2026-02-05T12/)],
    ['is cancelled when backups are kept longer than had been said', facts(day(32), until),
      { deletion: { ...DELETION, backupRetentionDays: 60 } }, cancelBecause(/from 2026-03-03/)],
    ['is cancelled when the family is paused', facts(day(32), until), { paused: true }, cancelBecause(/paused/)],
    ['starts over though the family is paused', facts(day(32), { ...until, watch: usedOn(day(32)) }), { paused: true }, startOverBecause(/event-1/)],
    ['is cancelled when no deletion is declared any more', facts(day(32), until), { deletion: undefined }, cancelBecause(/no deletion is declared/)],
  ])('%s', (_, known, description, action) => expect(decide(aPending(), known, description)).toEqual(action));

  test.each<[string, Partial<Generation>, unknown]>([
    ['is cancelled when the certificate has gone', { certifiedSince: undefined }, cancelBecause(/no certificate/)],
    ['is cancelled when something was found', { emptiedSince: undefined }, cancelBecause(/something was found/)],
    ['is cancelled when the fence has gone', { phase: 'current' }, cancelBecause(/not fenced/)],
    ['is left alone when somebody else has scheduled it', { recountedAt: undefined }, waitBecause(/somebody else has scheduled/)],
  ])('%s', (_, changes, action) => expect(decide(aPending(changes), facts(day(32), until))).toEqual(action));
});

describe('cancelling on request', () => {
  test.each<[string, Generation, Partial<FamilyDescription>, unknown]>([
    ['comes before everything else', aPending(), {}, cancelBecause(/somebody asked/)],
    ['works while paused', aPending(), { paused: true }, cancelBecause(/somebody asked/)],
    ['works without a declared deletion, whoever scheduled it', aPending({ recountedAt: undefined }), { deletion: undefined }, cancelBecause(/somebody asked/)],
    ['does nothing else', aSoaking(), {}, waitBecause(/nothing to cancel/)],
  ])('%s', (_, generation, description, action) => {
    expect(decide(generation, { ...LATE, cancelDeletion: true }, description)).toEqual(action);
  });
});
