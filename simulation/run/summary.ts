import type { Outcome } from './live';
import type { Law } from '../laws/laws';

/** A life that broke laws: the first of them, and the names of all. */
export interface FailingLife {
  readonly seed: number;
  readonly law: Law;
  readonly day: number;
  readonly detail: string;
  readonly laws: readonly Law[];
}

/** What `simulate --json` prints. */
export interface Summary {
  readonly seeds: number;
  readonly years: number;
  readonly events: number;
  readonly dataKeysWritten: number;
  readonly keysDeleted: number;
  /** Lives in which a record, or a version in a backup, needed deleted key material. */
  readonly lost: number;
  /** Lives in which an application could not decrypt a record for longer than promised. */
  readonly unreadable: number;
  /** Laws of every moment that were broken, over all lives, `lost` and `unreadable` included. */
  readonly lawsBroken: number;
  /** Lives whose family had not converged after the final calm, or had the same error on 12 quiet days. */
  readonly notConverged: number;
  readonly firstFailingSeed: number | null;
  /** Seconds of one core for a virtual year. */
  readonly secondsPerYear: number;
  readonly failing: readonly FailingLife[];
}

const CONVERGENCE: readonly Law[] = ['not-converged', 'same-error'];

export function summarize(outcomes: readonly Outcome[], years: number): Summary {
  const sum = (valueOf: (outcome: Outcome) => number) => outcomes.reduce((total, outcome) => total + valueOf(outcome), 0);
  const livesWith = (...laws: Law[]) => outcomes.filter(({ broken }) => broken.some(({ law }) => laws.includes(law))).length;
  const failing = outcomes.flatMap(({ seed, broken }): FailingLife[] => {
    const [first] = broken;
    return first === undefined ? [] : [{ seed, ...first, laws: [...new Set(broken.map(({ law }) => law))] }];
  });
  return {
    seeds: outcomes.length,
    years: outcomes.length * years,
    events: sum(({ events }) => events),
    dataKeysWritten: sum(({ dataKeysWritten }) => dataKeysWritten),
    keysDeleted: sum(({ keysDeleted }) => keysDeleted),
    lost: livesWith('lost'),
    unreadable: livesWith('unreadable'),
    lawsBroken: sum(({ broken }) => broken.filter(({ law }) => !CONVERGENCE.includes(law)).length),
    notConverged: livesWith(...CONVERGENCE),
    firstFailingSeed: failing[0]?.seed ?? null,
    secondsPerYear: Math.round((sum(({ seconds }) => seconds) / (outcomes.length * years)) * 100) / 100,
    failing,
  };
}

/** The summary as text, with one line for each failing life. */
export function describeSummary(summary: Summary): string {
  const { seeds, years, events, dataKeysWritten, keysDeleted, lost, unreadable, lawsBroken, notConverged, secondsPerYear } = summary;
  const lines = [
    `${seeds} lives, ${years} years, ${events} events, ${dataKeysWritten} data keys written, ${keysDeleted} KMS keys deleted`,
    `${lost} lost, ${unreadable} unreadable, ${lawsBroken} laws broken, ${notConverged} not converged, ${secondsPerYear} s a year`,
    ...summary.failing.map(({ seed, law, day, detail }) => `seed ${seed}, day ${day}: ${law}: ${detail.slice(0, 200)}`),
  ];
  return `${lines.join('\n')}\n`;
}
