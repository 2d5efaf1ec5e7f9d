import { live, type Outcome } from './live';
import type { Broken } from '../laws/laws';
import type { LifeEvent } from '../life/event';
import type { Life } from '../life/life';
import type { Shape } from '../life/shape';

/** A life that still breaks the same law, and its outcome. */
export interface Shrunk {
  readonly life: Life;
  readonly outcome: Outcome;
}

/** Durations that are as short as possible. Each is tried alone. */
const SHORTER: readonly ((shape: Shape) => Shape)[] = [
  (shape) => ({ ...shape, stores: 1 }),
  (shape) => ({ ...shape, material: 'aws-kms' }),
  (shape) => ({ ...shape, kmsDelaySeconds: 0 }),
  (shape) => ({ ...shape, dataKeyMaxAgeHours: 1 }),
  (shape) => ({ ...shape, propagationMinutes: 5 }),
  (shape) => ({ ...shape, firstWatchHours: Math.max(1, Math.ceil(shape.propagationMinutes / 60)) }),
  (shape) => ({ ...shape, rotationDays: 30 }),
  (shape) => ({ ...shape, deletion: undefined }),
  (shape) => ({ ...shape, deletion: shape.deletion && { ...shape.deletion, backupRetentionDays: 0 } }),
  (shape) => ({ ...shape, deletion: shape.deletion && { ...shape.deletion, soakDays: 1 } }),
  (shape) => ({ ...shape, deletion: shape.deletion && { ...shape.deletion, observationDays: 1 } }),
  (shape) => ({ ...shape, deletion: shape.deletion && { ...shape.deletion, pendingWindowDays: 7 } }),
];

/**
 * Shrinks a life that breaks a law: removes halves of its events, then single events, then shortens durations, as long
 * as it still breaks the same law for the same reason.
 */
export async function shrink(
  life: Life, outcome: Outcome, report: (text: string) => void = () => undefined, relive: typeof live = live,
): Promise<Shrunk> {
  const [wanted] = outcome.broken;
  if (wanted === undefined) return { life, outcome };
  let best: Shrunk = { life: { ...life, days: Math.min(life.days, wanted.day + 1) }, outcome };
  const attempt = async (candidate: Life): Promise<boolean> => {
    const result = await relive(candidate);
    if (!result.broken.some((broken) => isSame(broken, wanted))) return false;
    best = { life: candidate, outcome: result };
    report(`${candidate.events.length} events, ${candidate.days} days`);
    return true;
  };
  if (!await attempt(best.life)) best = { life, outcome };
  for (let size = Math.ceil(best.life.events.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let from = 0; from < best.life.events.length;) {
      if (!await attempt({ ...best.life, events: without(best.life.events, from, size) })) from += size;
    }
  }
  for (const shorter of SHORTER) {
    const shape = shorter(best.life.shape);
    if (JSON.stringify(shape) !== JSON.stringify(best.life.shape)) await attempt({ ...best.life, shape });
  }
  return best;
}

function without(events: readonly LifeEvent[], from: number, size: number): LifeEvent[] {
  return [...events.slice(0, from), ...events.slice(from + size)];
}

/** The same law for the same reason: the name of the error, or the text without numbers. */
function isSame(one: Broken, other: Broken): boolean {
  return one.law === other.law && reasonOf(one) === reasonOf(other);
}

export function reasonOf({ law, detail }: Pick<Broken, 'law' | 'detail'>): string {
  if (law === 'same-error') return /^\w+ \w+/.exec(detail)?.[0] ?? detail;
  return detail.replace(/\d+/g, '#').slice(0, 40);
}
