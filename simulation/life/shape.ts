import { Stream } from './random';

/** The declared world of a life. All durations are whole numbers of their unit. */
export interface Shape {
  readonly rotationDays: number;
  readonly propagationMinutes: number;
  readonly firstWatchHours: number;
  readonly dataKeyMaxAgeHours: number;
  readonly stores: number;
  readonly material: 'aws-kms' | 'secret';
  /** How many days after the first announcement the operator provides new key material. */
  readonly materialDelayDays: number;
  readonly deletion?: DeletionShape;
  /**
   * Whether the application reads, every day, each record whose key is disabled. If it never does, the watch sees
   * nothing, and only what is counted protects the record.
   */
  readonly reads: 'daily' | 'never';
  /** How long KMS really takes until changes of aliases and policies are effective: up to five minutes. */
  readonly kmsDelaySeconds: number;
  /** How late KMS shows changes to calls that read, and new keys to every call. Each call by another part of it. */
  readonly lateReadSeconds: number;
  /** How late GetKeyLastUsage shows a use: AWS says up to an hour. */
  readonly lateUsageMinutes: number;
  readonly trail: TrailShape;
}

/** How CloudTrail delivers the events that the watch reads. */
export interface TrailShape {
  readonly lateMinutes: number;
  /** The probabilities that an event arrives twice, and that it never arrives. */
  readonly doubled: number;
  readonly missing: number;
}

export interface DeletionShape {
  readonly observationDays: number;
  readonly soakDays: number;
  readonly backupRetentionDays: number;
  readonly pendingWindowDays: number;
  readonly onUse: 'start-over' | 'hold';
}

/** A duration that is the longest in some seeds. Otherwise one safety could hide that another is removed. */
const BINDING = ['none', 'observation', 'soak', 'retention', 'window', 'age', 'propagation', 'watch'] as const;

export function drawShape(seed: number): Shape {
  const stream = new Stream(seed, 'shape');
  const binding = stream.pick(BINDING);
  const long = (name: typeof BINDING[number], min: number, max: number, usual: number) => {
    const drawn = stream.whole(min, max);
    return binding === name ? drawn : usual;
  };
  const propagationMinutes = long('propagation', 60, 360, stream.whole(5, 15));
  const shape: Shape = {
    rotationDays: stream.whole(30, 90),
    propagationMinutes,
    firstWatchHours: Math.max(Math.ceil(propagationMinutes / 60), long('watch', 48, 120, stream.whole(1, 24))),
    dataKeyMaxAgeHours: long('age', 48, 240, stream.whole(1, 24)),
    stores: stream.whole(1, 2),
    material: stream.chance(0.35) ? 'secret' : 'aws-kms',
    materialDelayDays: stream.whole(0, 40),
    kmsDelaySeconds: stream.pick([0, 30, 120, 300]),
    ...drawLateness(seed),
    reads: new Stream(seed, 'readers').pick(['daily', 'never']),
  };
  const deletion: DeletionShape = {
    observationDays: long('observation', 10, 25, stream.whole(1, 3)),
    soakDays: long('soak', 10, 30, stream.whole(1, 4)),
    backupRetentionDays: long('retention', 30, 70, stream.whole(0, 7)),
    pendingWindowDays: long('window', 15, 30, 7),
    onUse: stream.chance(0.8) ? 'start-over' : 'hold',
  };
  return stream.chance(0.85) ? { ...shape, deletion } : shape;
}

/** Half of the accounts are punctual, so that a fault of one kind is not hidden by the patience for another. */
function drawLateness(seed: number): Pick<Shape, 'lateReadSeconds' | 'lateUsageMinutes' | 'trail'> {
  const stream = new Stream(seed, 'lateness');
  return {
    lateReadSeconds: stream.pick([0, 0, 10, 60]),
    lateUsageMinutes: stream.pick([0, 60]),
    trail: { lateMinutes: stream.pick([0, 5, 15]), doubled: stream.pick([0, 0.2]), missing: stream.pick([0, 0, 0.1]) },
  };
}

/** Days after the last event in which a family must converge: one whole retirement, and reserve for the daily runs. */
export function calmDays({ dataKeyMaxAgeHours, firstWatchHours, deletion }: Shape): number {
  const rotation = Math.ceil((2 * dataKeyMaxAgeHours + firstWatchHours) / 24) + 12;
  if (deletion === undefined) return rotation + 20;
  const { observationDays, soakDays, backupRetentionDays, pendingWindowDays } = deletion;
  return rotation + Math.max(observationDays + soakDays, backupRetentionDays) + pendingWindowDays + 20;
}
