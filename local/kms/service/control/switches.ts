import type { Enforcement } from '../../authorization/enforcement';
import type { VirtualClock } from '../../model/time/clock';
import type { Propagation } from '../../model/time/propagation';
import type { Replication } from '../../model/time/replication';
import type { AuditLog } from '../audit/audit-log';
import type { FaultInjector } from '../faults/fault-injector';
import type { Quotas } from '../quotas/quotas';
import type { Snapshot } from '../snapshot/snapshot';

/** All settings of a local KMS that can be read and changed while it runs. */
export interface Switches {
  readonly clock: VirtualClock;
  readonly faults: FaultInjector;
  readonly quotas: Quotas;
  readonly enforcement: Enforcement;
  readonly replication: Replication;
  readonly propagation: Propagation;
  readonly audit: AuditLog;
  /** The whole state. It holds key material in the clear. */
  snapshot(): Snapshot;
  /** Replaces all keys and aliases by the state of a snapshot. */
  restore(snapshot: unknown): void;
  /** Writes the state to the file that was given at the start. */
  save(): Promise<void>;
  /**
   * Deletes all keys, aliases, audit records, faults, quotas, policies and delays. The time does not change, and the
   * principals stay known.
   */
  reset(): void;
}
