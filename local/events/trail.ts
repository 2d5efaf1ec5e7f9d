import { createHash, randomUUID } from 'node:crypto';
import type { LocalEventBus } from './local-event-bus';
import type { CloudTrailRecord } from '../kms/service/audit/cloud-trail';

/** How CloudTrail delivers events. Everything is decided by the seed. */
export interface TrailSettings {
  readonly seed: number;
  /** The longest delay of an event, on the virtual clock. Different delays change the order of events. */
  readonly lateMilliseconds: number;
  /** The probability that an event is delivered twice. */
  readonly doubled: number;
  /** The probability that an event is never delivered; 1 is an account without a trail. */
  readonly missing: number;
  /** How many events of failed calls on keys of others arrive with each event. */
  readonly flood: number;
}

/** Every event arrives once, immediately and in order: kinder than AWS. */
export const PUNCTUAL_TRAIL: TrailSettings = { seed: 1, lateMilliseconds: 0, doubled: 0, missing: 0, flood: 0 };

interface PendingEvent {
  readonly record: CloudTrailRecord;
  readonly due: number;
}

/** CloudTrail between KMS and the event bus: delivers events late, twice, in another order, in floods, or never. */
export class Trail {
  /** Can be changed at any time. It applies to the events from then on. */
  public settings: TrailSettings;
  private pending: readonly PendingEvent[] = [];
  private decisions = 0;

  public constructor(private readonly bus: LocalEventBus, private readonly now: () => Date, settings: Partial<TrailSettings> = {}) {
    this.settings = { ...PUNCTUAL_TRAIL, ...settings };
  }

  /** Receives the record of a call. */
  public record(record: CloudTrailRecord): void {
    const { missing, doubled, flood } = this.settings;
    for (let count = 0; count < flood; count++) this.add(ofAnotherKey(record));
    if (!this.happens(missing)) {
      this.add(record);
      if (this.happens(doubled)) this.add(record);
    }
    this.deliverDue();
  }

  /** Delivers the events that are due, in the order in which they are due. Must be called when time has passed. */
  public deliverDue(): void {
    const now = this.now().getTime();
    const due = this.pending.filter((event) => event.due <= now);
    if (due.length === 0) return;
    this.pending = this.pending.filter((event) => event.due > now);
    for (const { record } of [...due].sort((one, other) => one.due - other.due)) this.bus.deliver(record);
  }

  private add(record: CloudTrailRecord): void {
    const { lateMilliseconds } = this.settings;
    const delay = lateMilliseconds === 0 ? 0 : Math.round(this.random() * lateMilliseconds);
    this.pending = [...this.pending, { record, due: this.now().getTime() + delay }];
  }

  private happens(probability: number): boolean {
    return probability > 0 && this.random() < probability;
  }

  private random(): number {
    return createHash('sha256').update(`trail/${this.settings.seed}/${this.decisions++}`).digest().readUIntBE(0, 6) / 2 ** 48;
  }
}

/** The record of a failed call on a key that exists nowhere. */
function ofAnotherKey(record: CloudTrailRecord): CloudTrailRecord {
  const keyArn = `arn:aws:kms:${record.awsRegion}:${record.recipientAccountId}:key/${randomUUID()}`;
  return {
    ...record,
    eventID: randomUUID(),
    eventName: 'Decrypt',
    readOnly: true,
    errorCode: 'AccessDenied',
    errorMessage: `not authorized to perform: kms:Decrypt on resource: ${keyArn}`,
    requestParameters: { keyId: keyArn },
    resources: [{ accountId: record.recipientAccountId, type: 'AWS::KMS::Key', ARN: keyArn }],
  } as CloudTrailRecord;
}
