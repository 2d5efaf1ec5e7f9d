import type { Delays } from './delays';
import { ErrorName } from '../../../../src/contract/error-names';
import { Failure } from '../../../../src/contract/failure';
import type { Problem } from '../../../../src/contract/problem';
import type { Policies } from '../../authorization/policies';
import type { AuditRecord, CallSelection } from '../audit/audit-log';
import type { CloudTrailRecord } from '../audit/cloud-trail';
import type { FaultRule } from '../faults/fault-rule';
import type { QuotaSettings } from '../quotas/quotas';
import type { Snapshot } from '../snapshot/snapshot';

/** An audit record in JSON: its time is text. */
export type SerializedAuditRecord = Omit<AuditRecord, 'time'> & { readonly time: string };

/**
 * Client of the control API of a local KMS that runs in another process. A refused request throws a `Failure` with the
 * problem that the API returned.
 */
export class LocalKmsControl {
  public readonly clock = {
    now: async (): Promise<Date> => new Date((await this.request<{ now: string }>('GET', 'clock')).now),
    set: async (date: Date): Promise<void> => this.request('PUT', 'clock', { now: date.toISOString() }),
    advance: async (milliseconds: number): Promise<void> => this.request('POST', 'clock/advance', { milliseconds }),
  };

  public readonly faults = {
    rules: async (): Promise<readonly FaultRule[]> => (await this.request<{ rules: FaultRule[] }>('GET', 'faults')).rules,
    /** Replaces all rules. A rule is an object or its text form: `throttle:0.3:ReEncrypt`. */
    set: async (rules: readonly (FaultRule | string)[]): Promise<void> => this.request('PUT', 'faults', { rules }),
    clear: async (): Promise<void> => this.request('DELETE', 'faults'),
  };

  public readonly quotas = {
    settings: async (): Promise<QuotaSettings | undefined> =>
      (await this.request<{ quotas: QuotaSettings | null }>('GET', 'quotas')).quotas ?? undefined,
    enforce: async (settings: QuotaSettings = {}): Promise<void> => this.request('PUT', 'quotas', settings),
    lift: async (): Promise<void> => this.request('DELETE', 'quotas'),
  };

  public readonly policies = {
    /** The policies that are enforced beside key policies and grants; `undefined` if policies are not enforced. */
    enforced: async (): Promise<Policies | undefined> =>
      (await this.request<{ policies: Policies | null }>('GET', 'policies')).policies ?? undefined,
    /**
     * Enforces these policies instead of those that were given before. The evaluator must be installed beside
     * the local KMS.
     */
    enforce: async (policies: Policies = {}): Promise<void> => this.request('PUT', 'policies', policies),
    lift: async (): Promise<void> => this.request('DELETE', 'policies'),
  };

  /** How long changes take to propagate, on the virtual clock. */
  public readonly delays = {
    settings: async (): Promise<Delays> => this.request('GET', 'delays'),
    /** Changes the given delays. The others keep their value. */
    set: async (changes: Partial<Delays>): Promise<void> => this.request('PUT', 'delays', changes),
  };

  public readonly audit = {
    records: async (selection: CallSelection = {}): Promise<readonly SerializedAuditRecord[]> => (await this.calls(selection)).records,
    count: async (selection: CallSelection = {}): Promise<number> => (await this.calls(selection)).count,
    /** The newest calls in the form of CloudTrail. */
    cloudTrail: async (): Promise<readonly CloudTrailRecord[]> =>
      (await this.request<{ Records: CloudTrailRecord[] }>('GET', 'audit/cloud-trail')).Records,
  };

  /** @param endpoint the endpoint of the KMS: `http://127.0.0.1:4599` */
  public constructor(private readonly endpoint: string) {}

  /** The whole state. It holds key material in the clear. */
  public async snapshot(): Promise<Snapshot> {
    return this.request('GET', 'snapshot');
  }

  public async restore(snapshot: Snapshot): Promise<void> {
    await this.request('PUT', 'snapshot', snapshot);
  }

  /** Writes the state to the file that was given at the start. */
  public async save(): Promise<void> {
    await this.request('POST', 'save');
  }

  /** Deletes all keys, aliases, audit records, faults, quotas, policies and delays. The time does not change. */
  public async reset(): Promise<void> {
    await this.request('POST', 'reset');
  }

  private async calls(selection: CallSelection): Promise<{ count: number; records: SerializedAuditRecord[] }> {
    return this.request('GET', `audit?${new URLSearchParams({ ...selection }).toString()}`);
  }

  private async request<T>(method: string, path: string, body?: object): Promise<T> {
    const response = await fetch(`${this.endpoint}/_local/${path}`, {
      method, ...(body !== undefined && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    const answer = await response.json() as T & { error?: Problem };
    if (!response.ok && answer.error !== undefined) throw new Failure(ErrorName.INVALID_REQUEST, answer.error);
    return answer;
  }
}
