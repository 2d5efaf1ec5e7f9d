import type { Enforcement } from '../../authorization/enforcement';
import type { VirtualClock } from '../../model/time/clock';
import type { Propagation } from '../../model/time/propagation';
import type { Replication } from '../../model/time/replication';
import type { AuditLog } from '../audit/audit-log';
import type { FaultInjector } from '../faults/fault-injector';
import type { Quotas } from '../quotas/quotas';
import type { Snapshot } from '../snapshot/snapshot';

/** Everything about a local KMS that can be looked at and changed while it runs. */
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
  /** Puts the state of a snapshot in the place of all keys and aliases. */
  restore(snapshot: unknown): void;
  /** Writes the state to the file that was named at the start. */
  save(): Promise<void>;
  /** Forgets all keys, aliases, calls, faults, quotas, policies and delays. Only time goes on, and who is who stays known. */
  reset(): void;
}
