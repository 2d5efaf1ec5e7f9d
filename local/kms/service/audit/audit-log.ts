import type { ToldOfCall } from './cloud-trail-fields';
import type { EncryptionContext } from '../../protocol/encryption-context';

/** One call as the audit log keeps it. Plaintext, ciphertext and key bytes never stand here. */
export interface AuditRecord {
  /** 1 for the first call that this KMS received. */
  readonly sequence: number;
  /** On the virtual clock. */
  readonly time: Date;
  readonly operation: string;
  /** Empty when the request was not signed. */
  readonly accessKey: string;
  readonly account: string;
  readonly region: string;
  /** `answered`, the name of the error that was answered, or `lost`: done, but the caller never heard of it. */
  readonly status: string;
  /** What the error said, where KMS says anything. */
  readonly errorMessage?: string;
  readonly httpStatus: number;
  readonly requestId: string;
  readonly eventId: string;
  readonly keyArns: readonly string[];
  /** The source's, for ReEncrypt. */
  readonly encryptionContext?: EncryptionContext;
  readonly destinationEncryptionContext?: EncryptionContext;
  readonly dryRun?: boolean;
  /** What CloudTrail tells of request and answer. */
  readonly told: ToldOfCall;
}

/** Which calls to count; what is left out does not matter. */
export interface CallSelection {
  readonly accessKey?: string;
  readonly operation?: string;
  readonly status?: string;
}

interface Counter {
  readonly accessKey: string;
  readonly operation: string;
  readonly status: string;
  calls: number;
}

/** Who asked for what, and how it ended. The newest records are kept; the counts are exact for ever. */
export class AuditLog {
  private kept: AuditRecord[] = [];
  private readonly counters = new Map<string, Counter>();
  private total = 0;

  /** @param capacity how many records are kept */
  public constructor(private readonly capacity: number, private readonly onCall?: (record: AuditRecord) => void) {}

  /** The newest records, oldest first. */
  public get records(): readonly AuditRecord[] {
    return this.capacity === 0 ? [] : this.kept.slice(-this.capacity);
  }

  /** How many calls there were, counted over the whole life of this KMS. */
  public count(selection: CallSelection = {}): number {
    let calls = 0;
    for (const counter of this.counters.values()) {
      if ((selection.accessKey ?? counter.accessKey) !== counter.accessKey) continue;
      if ((selection.operation ?? counter.operation) !== counter.operation) continue;
      if ((selection.status ?? counter.status) !== counter.status) continue;
      calls += counter.calls;
    }
    return calls;
  }

  /** Forgets all records and counts. */
  public clear(): void {
    this.kept = [];
    this.counters.clear();
    this.total = 0;
  }

  public add(call: Omit<AuditRecord, 'sequence'>): void {
    this.total += 1;
    const record = { sequence: this.total, ...call };
    this.counterOf(call).calls += 1;
    this.kept.push(record);
    // Cutting rarely keeps the cost of each call constant.
    if (this.kept.length > 2 * this.capacity) this.kept = this.kept.slice(this.kept.length - this.capacity);
    this.onCall?.(record);
  }

  private counterOf({ accessKey, operation, status }: Omit<AuditRecord, 'sequence'>): Counter {
    const name = `${accessKey}\n${operation}\n${status}`;
    let counter = this.counters.get(name);
    if (counter === undefined) this.counters.set(name, counter = { accessKey, operation, status, calls: 0 });
    return counter;
  }
}
