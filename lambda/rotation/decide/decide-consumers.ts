import type { FamilyDescription } from '../../../src/contract/family/family-description';
import {
  CLOUDTRAIL_DELIVERY_SECONDS, LAST_USAGE_DELAY_SECONDS, UNUSED_BEFORE_FENCE_SECONDS,
} from '../../../src/contract/family/report-delays';
import type { ConsumersState, ConsumerWatch, RotationKind } from '../../../src/contract/runs/rotation-run';

/**
 * Seconds between two checks at least, and at most: the history of an execution holds 25,000 events, also after 14
 * days.
 */
export const MIN_CHECK_INTERVAL_SECONDS = 60;
export const MAX_CHECK_INTERVAL_SECONDS = 15 * 60;

/** Everything on which the next step depends while consumers are watched. */
export interface ConsumerFacts {
  readonly movedAt: Date;
  /** When the fence was found to be in force. Absent before the fence. */
  readonly fencedAt?: Date;
  readonly watchSeconds: number;
  readonly propagationDelaySeconds: number;
  /** Whether a consumer failed since the alias moved that did not fail so before. */
  readonly failed: boolean;
  /** Whether an earlier run watched the consumers until the end, and none failed. */
  readonly watched: boolean;
  readonly onConsumerFailure: FamilyDescription['onConsumerFailure'];
  /** `unfenced` or `fenced`: the state of the generation to which the alias can move back. `none`: it cannot. */
  readonly previous: 'unfenced' | 'fenced' | 'none';
}

export interface ConsumerDecision {
  readonly consumers: ConsumersState;
  readonly nextCheckSeconds: number;
}

/** Pure: goes on watching, moves the alias back, or continues. */
export function decideConsumers(facts: ConsumerFacts, now: Date): ConsumerDecision {
  const { movedAt, fencedAt, failed, previous, onConsumerFailure, watched } = facts;
  const end = (state: ConsumersState): ConsumerDecision => ({ consumers: state, nextCheckSeconds: MIN_CHECK_INTERVAL_SECONDS });
  if (failed && onConsumerFailure !== 'continue' && previous !== 'none') {
    return end(previous === 'fenced' || fencedAt !== undefined ? 'failing-fenced' : 'failing');
  }
  const left = watched ? 0 : (watchEnd(facts).getTime() - now.getTime()) / 1000;
  if (left <= 0) return end(fencedAt === undefined ? 'working' : 'working-fenced');
  const elapsed = (now.getTime() - (fencedAt ?? movedAt).getTime()) / 1000;
  const interval = Math.min(MAX_CHECK_INTERVAL_SECONDS, Math.max(MIN_CHECK_INTERVAL_SECONDS, elapsed / 2));
  return { consumers: 'watching', nextCheckSeconds: Math.ceil(Math.min(interval, Math.max(left, 1))) };
}

/**
 * Pure: when the watch ends. Before the fence, at the end of the declared period; after it, when the events of calls
 * that the fence denied must have arrived.
 */
export function watchEnd({ movedAt, fencedAt, watchSeconds, propagationDelaySeconds }: ConsumerFacts): Date {
  const [start, seconds] = fencedAt === undefined
    ? [movedAt, watchSeconds]
    : [fencedAt, propagationDelaySeconds + CLOUDTRAIL_DELIVERY_SECONDS];
  return new Date(start.getTime() + seconds * 1000);
}

/**
 * Pure: the shortest watch between the move of the alias and the fence. Within it the move has propagated, events have
 * arrived, and GetKeyLastUsage would have reported that an old generation is still used to encrypt.
 */
export function shortestWatchSeconds({ propagationDelaySeconds }: Pick<FamilyDescription, 'propagationDelaySeconds'>): number {
  return propagationDelaySeconds + Math.max(CLOUDTRAIL_DELIVERY_SECONDS, LAST_USAGE_DELAY_SECONDS + UNUSED_BEFORE_FENCE_SECONDS);
}

/** Everything on which the proof of the watch depends. */
export interface WatchFacts {
  readonly kind: RotationKind;
  readonly probedAt: Date;
  /** Whether the event of the probe has arrived. */
  readonly arrived: boolean;
  readonly onConsumerFailure: FamilyDescription['onConsumerFailure'];
}

/**
 * Pure: whether the watch works. A rollback does not wait for the event. `refused`: the alias has not moved, and an
 * automatic rollback is required that would not happen.
 */
export function decideWatch({ kind, probedAt, arrived, onConsumerFailure }: WatchFacts, now: Date): ConsumerWatch['state'] | 'refused' {
  if (arrived) return 'proven';
  if (kind === 'roll-back') return 'unknown';
  if (now.getTime() < probedAt.getTime() + CLOUDTRAIL_DELIVERY_SECONDS * 1000) return 'waiting';
  return kind === 'rotate' && onConsumerFailure === 'roll-back' ? 'refused' : 'unknown';
}
