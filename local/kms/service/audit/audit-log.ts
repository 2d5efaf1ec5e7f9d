import type { CloudTrailFields } from './cloud-trail-fields';
import type { EncryptionContext } from '../../protocol/encryption-context';

/** One call in the audit log. It never holds plaintext, ciphertext or key material. */
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
  /**
   * `answered`, the name of the error that was returned, or `lost`: the call had its effect, but the caller received no
   * answer.
   */
  readonly status: string;
  /** The message of the error, if KMS returns one. */
  readonly errorMessage?: string;
  readonly httpStatus: number;
  readonly requestId: string;
  readonly eventId: string;
  readonly keyArns: readonly string[];
  /** For ReEncrypt: the encryption context of the source. */
  readonly encryptionContext?: EncryptionContext;
  readonly destinationEncryptionContext?: EncryptionContext;
  readonly dryRun?: boolean;
  /** The fields of request and answer that CloudTrail records. */
  readonly cloudTrail: CloudTrailFields;
}

/** Which calls to count. An absent member matches every call. */
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

/** Every call with its caller and its result. The newest records are kept; the counts always cover all calls. */
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

  /** The number of calls since this KMS started. */
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

  /** Deletes all records and counts. */
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
    // The list is cut rarely, so that the cost of each call is constant.
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
