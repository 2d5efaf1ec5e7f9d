import type { Delays } from './delays';
import { Failure } from '../../../../lambda/runtime/failure';
import { ErrorName } from '../../../../src/contract/error-names';
import type { Problem } from '../../../../src/contract/problem';
import type { Policies } from '../../authorization/policies';
import type { AuditRecord, CallSelection } from '../audit/audit-log';
import type { CloudTrailRecord } from '../audit/cloud-trail';
import type { FaultRule } from '../faults/fault-rule';
import type { QuotaSettings } from '../quotas/quotas';
import type { Snapshot } from '../snapshot/snapshot';

/** A record as it comes over the wire: its time is text. */
export type AuditRecordOnTheWire = Omit<AuditRecord, 'time'> & { readonly time: string };

/** Changes a local KMS that runs in another process, through its control API. What it refuses is a `Failure` with the same problem. */
export class LocalKmsControl {
  public readonly clock = {
    now: async (): Promise<Date> => new Date((await this.ask<{ now: string }>('GET', 'clock')).now),
    set: async (date: Date): Promise<void> => this.ask('PUT', 'clock', { now: date.toISOString() }),
    advance: async (milliseconds: number): Promise<void> => this.ask('POST', 'clock/advance', { milliseconds }),
  };

  public readonly faults = {
    rules: async (): Promise<readonly FaultRule[]> => (await this.ask<{ rules: FaultRule[] }>('GET', 'faults')).rules,
    /** Rules as objects, or in their text form, as in `throttle:0.3:ReEncrypt`. */
    set: async (rules: readonly (FaultRule | string)[]): Promise<void> => this.ask('PUT', 'faults', { rules }),
    clear: async (): Promise<void> => this.ask('DELETE', 'faults'),
  };

  public readonly quotas = {
    settings: async (): Promise<QuotaSettings | undefined> => (await this.ask<{ quotas: QuotaSettings | null }>('GET', 'quotas')).quotas ?? undefined,
    enforce: async (settings: QuotaSettings = {}): Promise<void> => this.ask('PUT', 'quotas', settings),
    lift: async (): Promise<void> => this.ask('DELETE', 'quotas'),
  };

  public readonly policies = {
    /** What is enforced beside key policies and grants; nothing when policies are not enforced. */
    enforced: async (): Promise<Policies | undefined> => (await this.ask<{ policies: Policies | null }>('GET', 'policies')).policies ?? undefined,
    /** In the place of those that were given before. The evaluator must be installed beside the local KMS. */
    enforce: async (policies: Policies = {}): Promise<void> => this.ask('PUT', 'policies', policies),
    lift: async (): Promise<void> => this.ask('DELETE', 'policies'),
  };

  /** How long changes take until they count, on the virtual clock. */
  public readonly delays = {
    settings: async (): Promise<Delays> => this.ask('GET', 'delays'),
    /** What is left out stays as it is. */
    set: async (changes: Partial<Delays>): Promise<void> => this.ask('PUT', 'delays', changes),
  };

  public readonly audit = {
    records: async (selection: CallSelection = {}): Promise<readonly AuditRecordOnTheWire[]> => (await this.calls(selection)).records,
    count: async (selection: CallSelection = {}): Promise<number> => (await this.calls(selection)).count,
    /** The newest calls as CloudTrail would write them. */
    cloudTrail: async (): Promise<readonly CloudTrailRecord[]> => (await this.ask<{ Records: CloudTrailRecord[] }>('GET', 'audit/cloud-trail')).Records,
  };

  /** @param endpoint where the KMS listens, as in `http://127.0.0.1:4599` */
  public constructor(private readonly endpoint: string) {}

  /** The whole state. It holds key material in the clear. */
  public async snapshot(): Promise<Snapshot> {
    return this.ask('GET', 'snapshot');
  }

  public async restore(snapshot: Snapshot): Promise<void> {
    await this.ask('PUT', 'snapshot', snapshot);
  }

  /** Lets the KMS write its state to the file that was named at its start. */
  public async save(): Promise<void> {
    await this.ask('POST', 'save');
  }

  /** Forgets all keys, aliases, calls, faults, quotas, policies and delays. Only time goes on. */
  public async reset(): Promise<void> {
    await this.ask('POST', 'reset');
  }

  private async calls(selection: CallSelection): Promise<{ count: number; records: AuditRecordOnTheWire[] }> {
    return this.ask('GET', `audit?${new URLSearchParams({ ...selection }).toString()}`);
  }

  private async ask<T>(method: string, path: string, body?: object): Promise<T> {
    const response = await fetch(`${this.endpoint}/_local/${path}`, {
      method, ...(body !== undefined && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    const answer = await response.json() as T & { error?: Problem };
    if (!response.ok && answer.error !== undefined) throw new Failure(ErrorName.INVALID_REQUEST, answer.error);
    return answer;
  }
}
