import fc from 'fast-check';
import type { KeyState } from '../../../lambda/ports';
import { decideRetirement } from '../../../lambda/retirement/decide/decide-retirement';
import type { GenerationPhase } from '../../../src/contract/family/generation-tags';
import type { RetirementAction } from '../../../src/contract/runs/retirement-run';
import { aFamily, aGeneration } from '../../support/world/a-family';
import { aReplaced, aRetiringFamily, day, DELETION, echoes, facts } from '../../support/world/a-retiring-generation';

const moments = fc.integer({ min: 0, max: 90 }).map((number) => day(number));
const rarely = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 2 });
const mostly = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 10 });
const seldom = fc.integer({ min: 0, max: 9 }).map((number) => number === 0);

/** The days of a life as they follow each other; sometimes one of them is missing, or out of order. */
const lives = fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 5, maxLength: 5 }).chain((steps) => {
  const dates = steps.map((_, index) => day(steps.slice(0, index + 1).reduce((sum, step) => sum + step, 0)));
  const [emptied, certified, disabled, recounted, now] = dates.map((date) => fc.oneof({ weight: 9, arbitrary: fc.constant(date) }, moments));
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
  life: lives,
  keyState: fc.constantFrom<KeyState>('Enabled', 'Disabled', 'Disabled', 'PendingDeletion', 'PendingImport'),
  phase: fc.constantFrom<GenerationPhase>('next', 'current', 'fenced', 'retiring', 'retiring', 'retiring', 'retiring'),
  isCurrent: seldom,
  paused: seldom,
  declared: seldom.map((not) => !not),
  used: rarely(moments),
  asked: rarely(moments),
  echoes: fc.tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 60 })).map(([from, number]) => echoes(from, from + number)),
  onUse: fc.constantFrom<'start-over' | 'hold'>('start-over', 'hold'),
  daysToDeletion: fc.integer({ min: 0, max: 10 }),
  recounted: fc.boolean(),
}).map(({ life: { now, ...times }, keyState, phase, daysToDeletion, ...rest }) => ({
  ...rest,
  now,
  generation: aReplaced({ keyState, phase, ...times }),
  deletionDate: new Date(Date.parse(now) + daysToDeletion * 86_400_000).toISOString(),
}));

type Situation = typeof situations extends fc.Arbitrary<infer T> ? T : never;

function decide(situation: Situation): RetirementAction {
  const { generation, isCurrent, paused, declared, now, used, asked, onUse } = situation;
  const family = aFamily(isCurrent ? generation.generation : 2, [generation, aGeneration(2)]);
  return decideRetirement(generation, family, aRetiringFamily({ paused, deletion: declared ? { ...DELETION, onUse } : undefined }), facts(now, {
    lastUsage: used === undefined ? undefined : { operation: 'Decrypt', at: new Date(used) },
    watch: {
      echoDays: situation.echoes,
      ...(asked === undefined ? {} : {
        use: { schema: 1, kind: 'use', at: asked, eventId: 'e', operation: 'Decrypt', errorCode: 'DisabledException', principal: 'p' },
      }),
    },
    recounted: situation.recounted,
    deletionDate: new Date(situation.deletionDate),
  }));
}

function takesAway(action: RetirementAction): boolean {
  return action.kind === 'disable' || action.kind === 'count' || action.kind === 'echo';
}

const days = (from: string | undefined, to: string | undefined) => (Date.parse(to ?? '') - Date.parse(from ?? '')) / 86_400_000;

/** Holds for whatever world there may be. */
function law(name: string, holds: (situation: Situation, action: RetirementAction) => boolean): void {
  test(name, () => {
    fc.assert(fc.property(situations, (situation) => holds(situation, decide(situation))), { numRuns: 5_000 });
  });
}

law('nothing is taken away without a declared deletion, while paused, or from the current generation', ({ isCurrent, paused, declared }, action) =>
  !takesAway(action) || (declared && !paused && !isCurrent));

law('nothing is taken away from a generation that is not fenced and emptied', ({ generation: { phase, fencedSince, emptiedSince } }, action) =>
  !takesAway(action) || ((phase === 'fenced' || phase === 'retiring') && fencedSince !== undefined && emptiedSince !== undefined));

law('a generation is disabled only under its certificate, and after a week without use', ({ generation, now, used }, action) => {
  if (action.kind !== 'disable') return true;
  const { certifiedSince, emptiedSince, recountedAt } = generation;
  const again = recountedAt !== undefined;
  return days(emptiedSince, certifiedSince) >= 0 && (again || (days(certifiedSince, now) >= 7 && (used === undefined || days(used, now) >= 7)));
});

law('a deletion is scheduled only after soak and backups', ({ generation, now, asked, onUse, echoes: heard }, action) => {
  if (action.kind !== 'count' || action.purpose !== 'recount') return true;
  const { keyState, certifiedSince, disabledSince } = generation;
  const quiet = asked === undefined || (onUse === 'hold' && days(asked, now) >= 7);
  return keyState === 'Disabled' && days(disabledSince, now) >= 7 && days(certifiedSince, now) >= 30 && heard.length >= 7 && quiet;
});

law('a deletion that was scheduled runs on only while everything that allowed it holds', ({ generation, ...situation }, action) => {
  if (generation.keyState !== 'PendingDeletion' || generation.recountedAt === undefined) return true;
  if (action.kind === 'cancel-deletion' || action.kind === 'start-over') return true;
  return situation.declared && !situation.paused && !situation.isCurrent && days(generation.certifiedSince, generation.recountedAt) >= 30
    && (situation.recounted || days(situation.now, situation.deletionDate) > 2);
});

law('what somebody has enabled is not disabled again before it was counted anew', ({ generation }, action) =>
  generation.keyState !== 'Enabled' || generation.disabledSince === undefined || !takesAway(action));

law('the world decides alone: the same one twice, the same decision', (situation, action) =>
  JSON.stringify(decide(structuredClone(situation))) === JSON.stringify(action));

test('these worlds see every decision', () => {
  const seen = new Set<string>();
  fc.assert(fc.property(situations, (situation) => {
    const action = decide(situation);
    seen.add(action.kind === 'count' ? action.purpose : action.kind);
  }), { numRuns: 20_000, seed: 1 });
  expect([...seen].sort()).toEqual(
    ['cancel-deletion', 'certify', 'disable', 'echo', 'recount', 'recount-in-pending-window', 'start-over', 'wait']);
});
