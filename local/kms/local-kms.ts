import { ALLOW_WITHIN_THE_ACCOUNT, type Authorizer } from './authorization/authorizer';
import { Enforcement } from './authorization/enforcement';
import type { Policies } from './authorization/policies';
import { forgetPrincipal } from './model/keys/forgotten-principal';
import { KeyStores } from './model/keys/key-store';
import { VirtualClock } from './model/time/clock';
import { Propagation } from './model/time/propagation';
import { Replication } from './model/time/replication';
import { HttpServer } from './protocol/http-server';
import type { PrincipalDirectory, Principals } from './protocol/principals';
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
import { ErrorName } from '../../src/contract/error-names';
import { Failure } from '../../src/contract/failure';

export interface LocalKmsOptions {
  /** The port; 0 selects a free port. @default 0 */
  readonly port?: number;
  /** The address to listen on. The default is reachable from this machine only. @default '127.0.0.1' */
  readonly host?: string;
  /** The clock of this KMS. @default - a clock that follows the real time */
  readonly clock?: VirtualClock;
  /** The seed of the probabilities of faults. @default 1 */
  readonly seed?: number;
  /** The faults that calls have. @default - no faults */
  readonly faults?: readonly FaultRule[];
  /** The request quotas that are enforced from the start. @default - none are enforced */
  readonly quotas?: QuotaSettings;
  /** How long changes take to propagate, on the virtual clock. @default - they are effective immediately */
  readonly delays?: Partial<Delays>;
  /**
   * A file from which the state is read at the start, if it exists, and to which it is written at the end. It holds key
   * material in the clear. @default - none
   */
  readonly stateFile?: string;
  /**
   * Decides while policies are not enforced. @default - every principal may perform all actions on the keys of
   * its own account
   */
  readonly authorizer?: Authorizer;
  /**
   * Enforces key policies and these policies from the start; then `authorizer` only decides after `enforcement.off()`.
   * @default - no policy is enforced
   */
  readonly enforcePolicies?: Policies;
  /**
   * The role, user or account root of each access key, whether policies are enforced or not. @default - each access key
   * is a user of its own
   */
  readonly principals?: Principals;
  /**
   * The roles and users that exist. @default - those of `enforcePolicies`; if it has none, every principal exists
   */
  readonly directory?: PrincipalDirectory;
  /** How many records the audit log keeps. Its counts always cover all calls. @default 10000 */
  readonly auditCapacity?: number;
  /** Is called after every call. @default - none */
  readonly onCall?: (record: AuditRecord) => void;
}

/**
 * KMS emulator in this process, for tests and demonstrations. Never for production: it checks no signature, and stores
 * keys in the clear.
 *
 * The unmodified AWS SDKs and the AWS CLI call its `endpoint`. Its cryptography is real; its time is `clock`.
 */
export class LocalKms implements Switches {
  public static async start(options: LocalKmsOptions = {}): Promise<LocalKms> {
    const kms = new LocalKms(options);
    // Before the first call: if the state cannot be read, the KMS does not start without it.
    await kms.load();
    if (options.enforcePolicies !== undefined) await kms.enforcement.on(options.enforcePolicies);
    kms.server = await HttpServer.listen(kms.service, options.port ?? 0, options.host ?? '127.0.0.1', new ControlApi(kms));
    return kms;
  }

  /** The virtual clock. Import tokens, key material and pending windows follow it. */
  public readonly clock: VirtualClock;
  /** The faults, which can be changed while the server runs. */
  public readonly faults: FaultInjector;
  /** The request quotas, which can be enforced and removed while the server runs. */
  public readonly quotas: Quotas;
  /** How long new replicas are Creating, and changes of the primary Region last. */
  public readonly replication = new Replication();
  /** The propagation delays of changes, as in AWS. */
  public readonly propagation: Propagation;
  /** The enforcement of policies, which can be switched on and off while the server runs. */
  public readonly enforcement: Enforcement;
  public readonly audit: AuditLog;
  private readonly stateFile: string | undefined;
  /** The service without HTTP, for callers in this process. */
  public readonly service: KmsService;
  private server: HttpServer | undefined;

  private constructor(options: LocalKmsOptions) {
    this.clock = options.clock ?? new VirtualClock();
    this.faults = new FaultInjector(options.seed ?? 1, options.faults ?? []);
    this.quotas = new Quotas(options.quotas);
    this.audit = new AuditLog(options.auditCapacity ?? 10_000, options.onCall);
    this.propagation = new Propagation(options.seed);
    setDelays(this, options.delays ?? {});
    this.stateFile = options.stateFile;
    this.enforcement = new Enforcement(options.authorizer ?? ALLOW_WITHIN_THE_ACCOUNT, options.principals);
    const { clock, faults, quotas, audit, enforcement, replication, propagation } = this;
    this.enforcement.onDeleted = (arn, uniqueId) => this.forgetPrincipal(arn, uniqueId);
    const { directory = enforcement } = options;
    this.service = new KmsService({ clock, faults, quotas, audit, enforcement, directory, replication, propagation });
  }

  /** The endpoint: `http://127.0.0.1:4599`. */
  public get endpoint(): string {
    return this.server?.endpoint ?? '';
  }

  /** The whole state. It holds key material in the clear. */
  public snapshot(): Snapshot {
    return takeSnapshot(this.service.stores, this.clock.now());
  }

  /**
   * Replaces all keys and aliases by the state of a snapshot. The clock never goes back: if it is ahead of the
   * snapshot, it keeps its time.
   */
  public restore(snapshot: unknown, where = 'snapshot'): void {
    const { stores, clock } = readSnapshot(snapshot, where);
    this.service.stores = stores;
    if (clock > this.clock.now()) this.clock.set(clock);
  }

  /** Writes the state to the file that was given at the start. */
  public async save(): Promise<void> {
    if (this.stateFile === undefined) {
      throw new Failure(ErrorName.INVALID_REQUEST, {
        where: 'save',
        what: 'no state file was given at the start',
        remedy: 'start with --state FILE, or take a snapshot and store it yourself',
      });
    }
    await writeStateFile(this.stateFile, this.snapshot());
  }

  /**
   * Must be called when a role or user is deleted. Key policies and grants then name its unique id instead of its ARN,
   * so that they do not apply to a role or user of the same name that is created later.
   *
   * @param uniqueId the id that IAM gave it, such as `AROAEXAMPLEID`
   */
  public forgetPrincipal(principalArn: string, uniqueId: string): void {
    forgetPrincipal(this.service.stores, principalArn, uniqueId);
  }

  /** Deletes all keys, aliases, audit records, faults, quotas and delays. The time does not change. */
  public reset(): void {
    this.service.stores = new KeyStores();
    this.audit.clear();
    this.faults.clear();
    this.quotas.lift();
    this.enforcement.off();
    liftDelays(this);
  }

  /** Answers the calls in progress, closes the server, and writes the state to its file if it has one. */
  public async stop(): Promise<void> {
    await this.server?.close();
    if (this.stateFile !== undefined) await this.save();
  }

  private async load(): Promise<void> {
    if (this.stateFile === undefined) return;
    const kept = await readStateFile(this.stateFile);
    if (kept !== undefined) this.restore(kept, this.stateFile);
    // A file that cannot be written would be noticed when the KMS stops, with all keys lost.
    await this.save();
  }
}
