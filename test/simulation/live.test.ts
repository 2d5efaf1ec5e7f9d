import type { LifeEvent } from '../../simulation/life/event';
import { drawLife, type Life } from '../../simulation/life/life';
import { readCorpus } from '../../simulation/run/corpus';
import { live, type Outcome } from '../../simulation/run/live';
import { shrink } from '../../simulation/run/shrink';
import { summarize } from '../../simulation/run/summary';

test('the same seed has the same trace', async () => {
  const life = drawLife(1, 0.25);
  const [one, other] = [await live(life), await live(JSON.parse(JSON.stringify(life)) as Life)];
  expect(other.trace).toEqual(one.trace);
  expect(other.traceHash).toBe(one.traceHash);
  expect(one.trace.length).toBeGreaterThan(10);
});

test.each(readCorpus())('no law is broken: $finds', async ({ life }) => {
  expect((await live(life)).broken).toEqual([]);
});

describe('a failing life is shrunk', () => {
  const EVENTS: LifeEvent[] = Array.from({ length: 100 }, (_, day) => ({ day, do: 'extra-run' }));
  const culprits: LifeEvent[] = [{ day: 40.5, do: 'pause', days: 3 }, { day: 71.5, do: 'alias-consumer' }];
  const life: Life = { ...drawLife(0, 1), events: [...EVENTS.slice(0, 40), ...culprits, ...EVENTS.slice(40)] };
  let lived = 0;
  const fake = async (candidate: Life): Promise<Outcome> => {
    lived += 1;
    const breaks = candidate.days > 80 && culprits.every((culprit) => candidate.events.includes(culprit));
    const broken = breaks ? [{ law: 'lost' as const, day: 90, detail: `order-${lived} needs generation ${lived}` }] : [];
    return { seed: 0, events: candidate.events.length, dataKeysWritten: 0, keysDeleted: 0, broken, trace: [], traceHash: '', seconds: 1 };
  };

  test('to the events without which the law is not broken, and to the shortest durations', async () => {
    const shrunk = await shrink(life, await fake(life), undefined, fake);
    expect(shrunk.life.events).toEqual(culprits);
    expect(shrunk.life.days).toBe(91);
    expect(shrunk.life.shape).toMatchObject({ rotationDays: 30, stores: 1, material: 'aws-kms', kmsDelaySeconds: 0 });
    expect(shrunk.life.shape.deletion).toBeUndefined();
    expect(lived).toBeLessThan(60);
  });

  test('never to a life that breaks another law', async () => {
    const outcome = await fake(life);
    const other = async (candidate: Life) => ({ ...await fake(candidate), broken: [{ law: 'alias' as const, day: 1, detail: 'x' }] });
    expect((await shrink(life, outcome, undefined, other)).life).toEqual(life);
  });
});

test('the summary counts lives and laws, and names the first failing seed', () => {
  const outcome = (seed: number, ...laws: ('lost' | 'same-error' | 'not-converged')[]): Outcome => ({
    seed,
    events: 10,
    dataKeysWritten: 5,
    keysDeleted: 1,
    seconds: 2,
    trace: [],
    traceHash: '',
    broken: laws.map((law) => ({ law, day: 3, detail: 'd' })),
  });
  expect(summarize([outcome(4), outcome(5, 'same-error', 'not-converged'), outcome(6, 'lost')], 2)).toEqual({
    seeds: 3,
    years: 6,
    events: 30,
    dataKeysWritten: 15,
    keysDeleted: 3,
    lost: 1,
    unreadable: 0,
    lawsBroken: 1,
    notConverged: 1,
    firstFailingSeed: 5,
    secondsPerYear: 1,
    failing: [
      { seed: 5, law: 'same-error', day: 3, detail: 'd', laws: ['same-error', 'not-converged'] },
      { seed: 6, law: 'lost', day: 3, detail: 'd', laws: ['lost'] },
    ],
  });
});
