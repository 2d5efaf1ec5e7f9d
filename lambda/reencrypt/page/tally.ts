import type { QuarantineEntry } from '../../../src/contract/evidence/evidence';
import { NO_RECORDS, type RecordCounts } from '../../../src/contract/runs/reencryption';
import type { RecordResult } from '../record/re-encrypt-record';

/** Adds up the results of the records of one invocation. */
export class Tally {
  public readonly quarantine: QuarantineEntry[] = [];
  private readonly olderGenerations = new Set<string>();
  public firstRequestId?: string;
  public lastRequestId?: string;
  private readonly sums: { -readonly [name in keyof RecordCounts]: number } = { ...NO_RECORDS };

  public add(result: RecordResult): void {
    this.sums.scanned += 1;
    this.sums[result.outcome] += 1;
    this.sums.writeConflicts += result.writeConflicts;
    this.sums.answeredCalls += result.requestIds.length;
    this.sums.unusableKeyIds += result.unusableKeyId ? 1 : 0;
    this.firstRequestId ??= result.requestIds[0];
    this.lastRequestId = result.requestIds.at(-1) ?? this.lastRequestId;
    if (result.foundUnder !== undefined) this.olderGenerations.add(result.foundUnder);
    if (result.quarantine !== undefined) this.quarantine.push(result.quarantine);
  }

  /** The older generations under which records were found. */
  public foundUnder(): string[] {
    return [...this.olderGenerations].sort();
  }

  public counts(): RecordCounts {
    return { ...this.sums };
  }
}
