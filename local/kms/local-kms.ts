import { AuditLog, type AuditRecord } from './audit/audit-log';
import { ALLOW_WITHIN_THE_ACCOUNT, type Authorizer } from './authorization/authorizer';
import { VirtualClock } from './clock';
import { FaultInjector } from './faults/fault-injector';
import type { FaultRule } from './faults/fault-rule';
import { KmsService } from './kms-service';
import { HttpServer } from './protocol/http-server';
import { Quotas, type QuotaSettings } from './quotas/quotas';

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
  /** @default - everybody may do everything with the keys of their own account */
  readonly authorizer?: Authorizer;
  /** How many records the audit log keeps; its counts are exact whatever this is. @default 10000 */
  readonly auditCapacity?: number;
  /** Told of every call when it has ended. @default - nobody is */
  readonly onCall?: (record: AuditRecord) => void;
}

/**
 * A KMS that runs on a laptop, for tests and demonstrations. Never for production: it keeps everything in memory and checks no signature.
 *
 * The unmodified AWS SDKs and the AWS CLI talk to its `endpoint`. Its cryptography is real; its time is `clock`.
 */
export class LocalKms {
  public static async start(options: LocalKmsOptions = {}): Promise<LocalKms> {
    const clock = options.clock ?? new VirtualClock();
    const faults = new FaultInjector(options.seed ?? 1, options.faults ?? []);
    const quotas = new Quotas(options.quotas);
    const audit = new AuditLog(options.auditCapacity ?? 10_000, options.onCall);
    const service = new KmsService({ clock, faults, quotas, audit, authorizer: options.authorizer ?? ALLOW_WITHIN_THE_ACCOUNT });
    const server = await HttpServer.listen(service, options.port ?? 0, options.host ?? '127.0.0.1');
    return new LocalKms(server, clock, faults, quotas, audit);
  }

  private constructor(
    private readonly server: HttpServer,
    /** Move it, and tokens, materials and pending windows move with it. */
    public readonly clock: VirtualClock,
    /** Change what goes wrong while the server runs. */
    public readonly faults: FaultInjector,
    /** Let request quotas hold, or lift them, while the server runs. */
    public readonly quotas: Quotas,
    public readonly audit: AuditLog,
  ) {}

  /** Where it listens, as in `http://127.0.0.1:4599`. */
  public get endpoint(): string {
    return this.server.endpoint;
  }

  public async stop(): Promise<void> {
    await this.server.close();
  }
}
