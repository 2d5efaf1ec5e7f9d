import fc from 'fast-check';
import type { KeyState } from '../../../lambda/ports/keys';
import { decideRetirement, isReversal } from '../../../lambda/retirement/decide/decide-retirement';
import { isDisabledByRetirement } from '../../../lambda/retirement/decide/replaced-generation';
import type { RetirementFacts } from '../../../lambda/retirement/retirement-facts';
import type { GenerationPhase } from '../../../src/contract/family/generation-tags';
import type { RetirementAction } from '../../../src/contract/runs/retirement-run';
import { aFamily, aGeneration } from '../../support/world/a-family';
import { aReplaced, aRetiringFamily, day, DELETION, facts, probeDays } from '../../support/world/a-retiring-generation';

const moments = fc.integer({ min: 0, max: 90 }).map((number) => day(number));
const rarely = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 2 });
const mostly = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 10 });
const oneInTen = fc.integer({ min: 0, max: 9 }).map((number) => number === 0);

/** The dates of a retirement in their order. Sometimes one of them is missing or out of order. */
const timelines = fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 5, maxLength: 5 }).chain((steps) => {
  const dates = steps.map((_, index) => day(steps.slice(0, index + 1).reduce((sum, step) => sum + step, 0)));
  const mostlyInOrder = dates.map((date) => fc.oneof({ weight: 9, arbitrary: fc.constant(date) }, moments));
  const [emptied, certified, disabled, recounted, now] = mostlyInOrder;
  return fc.record({
    fencedSince: mostly(fc.constant(day(0))),
    emptiedSince: mostly(emptied!),
    certifiedSince: mostly(certified!),
    disabledSince: mostly(disabled!),
    recountedAt: rarely(recounted!),
    now: now!,
  });
});

const situations = fc.record({
  timeline: timelines,
  keyState: fc.constantFrom<KeyState>('Enabled', 'Disabled', 'Disabled', 'PendingDeletion', 'PendingImport'),
  phase: fc.constantFrom<GenerationPhase>('next', 'current', 'fenced', 'retiring', 'retiring', 'retiring', 'retiring'),
  isCurrent: oneInTen,
  paused: oneInTen,
  declared: oneInTen.map((not) => !not),
  used: rarely(moments),
  refused: rarely(moments),
  probedDays: fc.tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 60 }))
    .map(([from, number]) => probeDays(from, from + number)),
  onUse: fc.constantFrom<'start-over' | 'hold'>('start-over', 'hold'),
  daysToDeletion: fc.integer({ min: 0, max: 10 }),
  counted: rarely(fc.integer({ min: 0, max: 12 })),
  onlyReversals: oneInTen,
  certificate: fc.constantFrom<'valid' | 'missing' | 'changed'>('valid', 'valid', 'valid', 'valid', 'missing', 'changed'),
}).map(({ timeline: { now, ...times }, keyState, phase, daysToDeletion, ...rest }) => ({
  ...rest,
  now,
  generation: aReplaced({ keyState, phase, ...times }),
  deletionDate: new Date(Date.parse(now) + daysToDeletion * 86_400_000).toISOString(),
}));

type Situation = typeof situations extends fc.Arbitrary<infer T> ? T : never;

function decide(situation: Situation): RetirementAction {
  const { generation, isCurrent, paused, declared, now, used, refused, onUse } = situation;
  const family = aFamily(isCurrent ? generation.generation : 2, [generation, aGeneration(2)]);
  const description = aRetiringFamily({ paused, deletion: declared ? { ...DELETION, onUse } : undefined });
  return decideRetirement(generation, family, description, facts(now, {
    lastUsage: used === undefined ? undefined : { operation: 'Decrypt', at: new Date(used) },
    watch: {
      probeDays: situation.probedDays,
      ...(refused === undefined ? {} : {
        use: { schema: 1, kind: 'use', at: refused, eventId: 'e', operation: 'Decrypt', errorCode: 'DisabledException', principal: 'p' },
      }),
    },
    onlyReversals: situation.onlyReversals,
    certificate: situation.certificate,
    recount: recountOf(situation),
    deletionDate: new Date(situation.deletionDate),
  }));
}

/** A census so many days before the date of the deletion. */
function recountOf(situation: Situation): RetirementFacts['recount'] {
  const counted = countedAt(situation);
  return counted === undefined ? undefined : { countedAt: counted, lacking: [] };
}

function countedAt({ counted, deletionDate }: Situation): string | undefined {
  return counted === undefined ? undefined : new Date(Date.parse(deletionDate) - counted * 86_400_000).toISOString();
}

function advancesRetirement(action: RetirementAction): boolean {
  return action.kind === 'disable' || action.kind === 'count' || action.kind === 'probe-watch';
}

const days = (from: string | undefined, to: string | undefined) => (Date.parse(to ?? '') - Date.parse(from ?? '')) / 86_400_000;

/** A law that holds for every situation. */
function law(name: string, holds: (situation: Situation, action: RetirementAction) => boolean): void {
  test(name, () => {
    fc.assert(fc.property(situations, (situation) => holds(situation, decide(situation))), { numRuns: 5_000 });
  });
}

law('no generation is counted, disabled or probed without a declared deletion, while paused, or while it is current',
  ({ isCurrent, paused, declared }, action) => !advancesRetirement(action) || (declared && !paused && !isCurrent));

law('no generation is counted, disabled or probed unless it is fenced and emptied', ({ generation }, action) => {
  const { phase, fencedSince, emptiedSince } = generation;
  const isFenced = phase === 'fenced' || phase === 'retiring';
  return !advancesRetirement(action) || (isFenced && fencedSince !== undefined && emptiedSince !== undefined);
});

law('a generation is disabled only with a valid certificate, and after a week without use', ({ generation, now, used }, action) => {
  if (action.kind !== 'disable') return true;
  const { certifiedSince, emptiedSince, recountedAt } = generation;
  const unused = days(certifiedSince, now) >= 7 && (used === undefined || days(used, now) >= 7);
  return days(emptiedSince, certifiedSince) >= 0 && (recountedAt !== undefined || unused);
});

law('a deletion is scheduled only after the soak and the expiry of backups', ({ generation, now, refused, onUse, probedDays }, action) => {
  if (action.kind !== 'count' || action.purpose !== 'recount') return true;
  const { keyState, certifiedSince, disabledSince } = generation;
  const unused = refused === undefined || (onUse === 'hold' && days(refused, now) >= 7);
  return keyState === 'Disabled' && days(disabledSince, now) >= 7 && days(certifiedSince, now) >= 30 && probedDays.length >= 7 && unused;
});

law('a pending deletion continues only while everything that allowed it holds', (situation, action) => {
  const { generation } = situation;
  if (generation.keyState !== 'PendingDeletion' || generation.recountedAt === undefined || isReversal(action)) return true;
  const counted = days(countedAt(situation), situation.deletionDate) <= 5;
  return situation.declared && !situation.paused && !situation.isCurrent && days(generation.certifiedSince, generation.recountedAt) >= 30
    && (counted || days(situation.now, situation.deletionDate) > 3);
});

law('nothing that stops irreversible steps stops a reversal', (situation, action) => {
  const undisturbed = decide({ ...situation, paused: false, onlyReversals: false });
  return !isReversal(undisturbed) || JSON.stringify(undisturbed) === JSON.stringify(action);
});

law('a generation that retirement has disabled is enabled if nothing retires it any more', ({ generation, declared, isCurrent }, action) =>
  (declared && !isCurrent) || !isDisabledByRetirement(generation) || action.kind === 'end-retirement');

law('a backup of the time of a call has expired before a deletion is scheduled', ({ now, used, refused, generation }, action) =>
  action.kind !== 'count' || action.purpose !== 'recount'
    || Math.min(...[generation.certifiedSince, used, refused].filter((at) => at !== undefined).map((at) => days(at, now))) >= 30);

law('a generation that was enabled in soak is not disabled again before a new census', ({ generation }, action) =>
  generation.keyState !== 'Enabled' || generation.disabledSince === undefined || !advancesRetirement(action));

law('the decision is a pure function: the same situation leads to the same decision', (situation, action) =>
  JSON.stringify(decide(structuredClone(situation))) === JSON.stringify(action));

test('the generated situations lead to every decision', () => {
  const seen = new Set<string>();
  fc.assert(fc.property(situations, (situation) => {
    const action = decide(situation);
    seen.add(action.kind === 'count' ? action.purpose : action.kind);
  }), { numRuns: 20_000, seed: 1 });
  expect([...seen].sort()).toEqual(
    ['cancel-deletion', 'certify', 'disable', 'end-retirement', 'probe-watch', 'recount', 'recount-in-pending-window', 'start-over', 'wait']);
});
