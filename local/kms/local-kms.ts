import { ALLOW_WITHIN_THE_ACCOUNT, type Authorizer } from './authorization/authorizer';
import { Enforcement } from './authorization/enforcement';
import type { Policies } from './authorization/policies';
import { KeyStores } from './model/keys/key-store';
import { VirtualClock } from './model/time/clock';
import { Propagation } from './model/time/propagation';
import { Replication } from './model/time/replication';
import { HttpServer } from './protocol/http-server';
import type { Principals } from './protocol/principals';
import { AuditLog, type AuditRecord } from './service/audit/audit-log';
import { ControlApi } from './service/control/control-api';
import { liftDelays, setDelays, type Delays } from './service/control/delays';
import type { Switches } from './service/control/switches';
import { FaultInjector } from './service/faults/fault-injector';
import type { FaultRule } from './service/faults/fault-rule';
import { KmsService } from './service/kms-service';
import { Quotas, type QuotaSettings } from './service/quotas/quotas';
import { readSnapshot, takeSnapshot, type Snapshot } from './service/snapshot/snapshot';
import { readStateFile, writeStateFile } from './service/snapshot/state-file';
import { Failure } from '../../lambda/runtime/failure';
import { ErrorName } from '../../src/contract/error-names';

export interface LocalKmsOptions {
  /** @default 0, any port that is free */
  readonly port?: number;
  /** @default '127.0.0.1', reachable from this machine only */
  readonly host?: string;
  /** @default - a clock that runs with the real time */
  readonly clock?: VirtualClock;
  /** What the chances of faults are drawn from. @default 1 */
  readonly seed?: number;
  /** @default - nothing goes wrong */
  readonly faults?: readonly FaultRule[];
  /** Request quotas that hold from the start. @default - none do */
  readonly quotas?: QuotaSettings;
  /** How long changes take until they count, on the virtual clock. @default - they count at once */
  readonly delays?: Partial<Delays>;
  /** A file that state is read from at the start, when it exists, and written to at the end. It holds key material in the clear. @default - none */
  readonly stateFile?: string;
  /** @default - everybody may do everything with the keys of their own account */
  readonly authorizer?: Authorizer;
  /** Enforces key policies and these from the start; then `authorizer` only decides after `enforcement.off()`. @default - no policy is enforced */
  readonly enforcePolicies?: Policies;
  /** Which role, user or account root each access key belongs to, whether policies are enforced or not. @default - each is a user of its own */
  readonly principals?: Principals;
  /** How many records the audit log keeps; its counts are exact whatever this is. @default 10000 */
  readonly auditCapacity?: number;
  /** Told of every call when it has ended. @default - nobody is */
  readonly onCall?: (record: AuditRecord) => void;
}

/**
 * A KMS that runs on a laptop, for tests and demonstrations. Never for production: it checks no signature, and keeps keys in the clear.
 *
 * The unmodified AWS SDKs and the AWS CLI talk to its `endpoint`. Its cryptography is real; its time is `clock`.
 */
export class LocalKms implements Switches {
  public static async start(options: LocalKmsOptions = {}): Promise<LocalKms> {
    const kms = new LocalKms(options);
    // Before anybody can call: a state that cannot be read is no reason to begin with another.
    await kms.load();
    if (options.enforcePolicies !== undefined) await kms.enforcement.on(options.enforcePolicies);
    kms.server = await HttpServer.listen(kms.service, options.port ?? 0, options.host ?? '127.0.0.1', new ControlApi(kms));
    return kms;
  }

  /** Move it, and tokens, materials and pending windows move with it. */
  public readonly clock: VirtualClock;
  /** Change what goes wrong while the server runs. */
  public readonly faults: FaultInjector;
  /** Let request quotas hold, or lift them, while the server runs. */
  public readonly quotas: Quotas;
  /** How long new replicas are Creating, and changes of the primary Region last. */
  public readonly replication = new Replication();
  /** Let changes take a while until they are seen, as in AWS. */
  public readonly propagation = new Propagation();
  /** Switch the enforcement of policies on and off while the server runs. */
  public readonly enforcement: Enforcement;
  public readonly audit: AuditLog;
  private readonly stateFile: string | undefined;
  private readonly service: KmsService;
  private server: HttpServer | undefined;

  private constructor(options: LocalKmsOptions) {
    this.clock = options.clock ?? new VirtualClock();
    this.faults = new FaultInjector(options.seed ?? 1, options.faults ?? []);
    this.quotas = new Quotas(options.quotas);
    this.audit = new AuditLog(options.auditCapacity ?? 10_000, options.onCall);
    setDelays(this, options.delays ?? {});
    this.stateFile = options.stateFile;
    this.enforcement = new Enforcement(options.authorizer ?? ALLOW_WITHIN_THE_ACCOUNT, options.principals);
    const { clock, faults, quotas, audit, enforcement, replication, propagation } = this;
    this.service = new KmsService({ clock, faults, quotas, audit, enforcement, replication, propagation });
  }

  /** Where it listens, as in `http://127.0.0.1:4599`. */
  public get endpoint(): string {
    return this.server?.endpoint ?? '';
  }

  /** The whole state. It holds key material in the clear. */
  public snapshot(): Snapshot {
    return takeSnapshot(this.service.stores, this.clock.now());
  }

  /** Puts the state of a snapshot in the place of all keys and aliases. Time never goes back: a clock that is ahead already stays so. */
  public restore(snapshot: unknown, where = 'snapshot'): void {
    const { stores, clock } = readSnapshot(snapshot, where);
    this.service.stores = stores;
    if (clock > this.clock.now()) this.clock.set(clock);
  }

  /** Writes the state to the file that was named at the start. */
  public async save(): Promise<void> {
    if (this.stateFile === undefined) {
      throw new Failure(ErrorName.INVALID_REQUEST, {
        where: 'save', what: 'no state file was named at the start', remedy: 'start with --state FILE, or take a snapshot and keep it yourself',
      });
    }
    await writeStateFile(this.stateFile, this.snapshot());
  }

  /** Forgets all keys, aliases, calls, faults, quotas and delays. Only time goes on. */
  public reset(): void {
    this.service.stores = new KeyStores();
    this.audit.clear();
    this.faults.clear();
    this.quotas.lift();
    this.enforcement.off();
    liftDelays(this);
  }

  /** Answers what is under way, ends, and writes the state to its file where there is one. */
  public async stop(): Promise<void> {
    await this.server?.close();
    if (this.stateFile !== undefined) await this.save();
  }

  private async load(): Promise<void> {
    if (this.stateFile === undefined) return;
    const kept = await readStateFile(this.stateFile);
    if (kept !== undefined) this.restore(kept, this.stateFile);
  }
}
