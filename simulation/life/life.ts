import type { Action, DeploymentChange, LifeEvent, When } from './event';
import { Stream } from './random';
import { drawShape, type Shape } from './shape';

/** A whole life as data: the same life always gives the same trace. */
export interface Life {
  readonly seed: number;
  readonly days: number;
  readonly shape: Shape;
  readonly events: readonly LifeEvent[];
}

/** States that an event can precede. In most of them a late write, a deployment or a fault once was dangerous. */
const ROTATION_STATES = [
  'Plan', 'CreateGeneration', 'PreflightControl', 'WaitBeforeMove', 'MoveAlias', 'WaitAfterMove', 'Fence', 'ProbeFence', 'BeginPass',
  'ReEncrypt', 'BeginCensus', 'Census', 'ConcludeCensus', 'ConcludeRotation',
];
const RETIREMENT_STATES = [
  'BeginCount', 'Count', 'ConcludeCount', 'Certify', 'OpenGate', 'BeginSoak', 'ProbeWatch', 'ScheduleDeletion', 'RecordRecount',
  'StartOver', 'CancelDeletion',
];
export const ITEMS = 12;

export function drawLife(seed: number, years: number): Life {
  const shape = drawShape(seed);
  const days = Math.round(years * 365);
  const atAnyTime = (stream: Stream) => drawWhen(stream, days, years);
  const drawn = (
    purpose: string, count: (stream: Stream) => number, action: (stream: Stream) => Action, when: (stream: Stream) => When = atAnyTime,
  ): LifeEvent[] => {
    const stream = new Stream(seed, purpose);
    return Array.from({ length: Math.round(count(stream) * years) }, () => ({ ...when(stream), ...action(stream) }));
  };
  const record = (stream: Stream) => ({ store: stream.whole(0, shape.stores - 1), item: stream.whole(0, ITEMS - 1) });
  const events = [
    ...drawn('writes', () => 40, (stream) => ({
      do: 'write', ...record(stream), cached: stream.chance(0.4), keyId: stream.pick(['arn', 'arn', 'alias', 'none'] as const),
    })),
    ...drawn('racing writes', () => 10, (stream) => ({
      do: 'write', ...record(stream), cached: stream.chance(0.5), keyId: 'arn',
    }), (stream) => drawCallOf(stream, RACED_CALLS, years)),
    ...drawn('put-backs', () => 12, (stream) => ({
      do: 'put-back', ...record(stream), heldHours: round(stream.next() * shape.dataKeyMaxAgeHours),
    })),
    ...drawn('deletes', () => 3, (stream) => ({ do: 'delete', ...record(stream) })),
    ...drawn('restores', (stream) => stream.whole(0, 6), (stream) => ({
      do: 'restore', ...record(stream), age: stream.chance(0.5) ? 1 : round(stream.next()),
    })),
    ...drawn('deployments', (stream) => stream.whole(0, 5), (stream) => ({ do: 'deploy', change: drawChange(stream) })),
    ...drawn('stores', (stream) => stream.pick([0, 0, 1, 2]), (stream) => ({
      do: 'stores',
      change: stream.pick(shape.stores > 1 ? ['removed', 'removed', 'misspelled'] as const : ['misspelled'] as const),
      store: stream.whole(0, shape.stores - 1),
      days: stream.pick([1, 20, 100]),
    })),
    ...drawn('pauses', (stream) => stream.pick([0, 0, 1, 2]), (stream) => ({ do: 'pause', days: stream.whole(1, 20) })),
    ...(shape.deletion === undefined ? [] : drawn('deletions', (stream) => stream.pick([0, 0, 1]), (stream) => ({
      do: 'without-deletion', days: stream.pick([1, 10, 40]),
    }))),
    ...drawn('missed runs', (stream) => stream.whole(0, 4), (stream) => ({ do: 'miss-runs', count: stream.whole(1, 3) })),
    ...drawn('extra runs', (stream) => stream.whole(0, 4), () => ({ do: 'extra-run' })),
    ...drawn('strangers', (stream) => stream.pick([0, 0, 0, 1, 2]), (stream) => ({
      do: 'stranger', what: stream.pick(['alias-below', 'copied-tags', 'forged-next'] as const),
    })),
    ...drawn('consumers', (stream) => stream.pick([0, 0, 0, 1]), () => ({ do: 'alias-consumer' })),
    ...drawn('faults', (stream) => stream.pick([0, 2, 6]), (stream) => ({
      do: 'faults',
      service: stream.pick(['kms', 'kms', 'dynamodb', 's3', 'secretsmanager', 'states', 'any'] as const),
      kind: stream.pick(['throttle', 'internalError', 'answerLost'] as const),
      probability: stream.pick([0.02, 0.2, 0.6, 1]),
      hours: stream.pick([1, 6, 30]),
    })),
    ...drawn('stops', (stream) => stream.pick([0, 0, 4, 12]), (stream) => ({
      do: 'stop', moment: stream.pick(['before', 'after'] as const),
    }), (stream) => drawCallOf(stream, STOPPED_CALLS, years)),
    ...(shape.material === 'aws-kms' ? [] : drawn('secrets', (stream) => stream.whole(0, 3), (stream) => ({
      do: 'secret', change: stream.pick(['new', 'versions-removed'] as const),
    }))),
    ...drawn('operators', (stream) => stream.whole(0, 4), (stream) => ({
      do: 'operator',
      starts: stream.pick(['rotation', 'rotation', 'retirement', 'roll-back', 'cancel-deletion'] as const),
      ...(stream.chance(0.5) && { name: 'by-hand' }),
    })),
  ];
  return { seed, days, shape, events };
}

function drawChange(stream: Stream): DeploymentChange {
  return stream.pick(['nothing', 'another-user', 'another-user', 'fails', 'renamed', 'destroyed-and-created'] as const);
}

/** Half of the events are anchored to states: few moments of a year are dangerous, and most are in executions. */
function drawWhen(stream: Stream, days: number, years: number): When {
  const day = round(stream.next() * days);
  const state = stream.pick(stream.chance(0.6) ? ROTATION_STATES : RETIREMENT_STATES);
  const entry = stream.whole(1, Math.max(1, Math.round(5 * years)));
  return stream.chance(0.5) ? { day } : { state, entry };
}

/**
 * Calls before which a write of an application is dangerous. Before UpdateItem it writes the same record: between the
 * moment at which the worker has read it, and the one at which it writes it.
 */
const RACED_CALLS = ['UpdateItem', 'UpdateItem', 'ReEncrypt', 'UpdateAlias', 'PutKeyPolicy', 'DisableKey', 'ScheduleKeyDeletion'];

/** Calls at which a function that ends leaves something half done. */
const STOPPED_CALLS = [
  'CreateKey', 'CreateAlias', 'TagResource', 'UpdateAlias', 'PutKeyPolicy', 'EnableKey', 'DisableKey', 'ScheduleKeyDeletion',
  'CancelKeyDeletion', 'UpdateItem', 'PutObject', 'ImportKeyMaterial', 'UpdateSecretVersionStage',
];

function drawCallOf(stream: Stream, calls: readonly string[], years: number): { readonly call: string; readonly entry: number } {
  const call = stream.pick(calls);
  const perYear = ['UpdateItem', 'ReEncrypt', 'TagResource', 'PutObject'].includes(call) ? 100 : 6;
  return { call, entry: stream.whole(1, Math.max(1, Math.round(perYear * years))) };
}

function round(number: number): number {
  return Math.round(number * 1000) / 1000;
}
