import { SecretsManagerService, type SecretsManagerCall } from './secrets-manager-service';
import { EVERYTHING_IS_ALLOWED, type Authorize } from '../iam/authorization';
import type { VirtualClock } from '../kms/model/time/clock';
import { HttpServer } from '../kms/protocol/http-server';

export interface LocalSecretsManagerOptions {
  /** @default 0, a free port */
  readonly port?: number;
  /** @default - a clock that follows the real time */
  readonly clock?: VirtualClock;
  /** Decides which caller may send which request. @default - every caller may send every request */
  readonly authorize?: Authorize;
}

/**
 * AWS Secrets Manager emulator with the five operations that key material needs. Versions and staging labels behave as
 * in AWS.
 *
 * It is for tests and the demo. All data is in memory, unencrypted.
 */
export class LocalSecretsManager {
  public static async start(options: LocalSecretsManagerOptions = {}): Promise<LocalSecretsManager> {
    const { clock, authorize = EVERYTHING_IS_ALLOWED } = options;
    const service = new SecretsManagerService(clock === undefined ? () => new Date() : () => clock.now(), authorize);
    return new LocalSecretsManager(service, await HttpServer.listen(service, options.port ?? 0, '127.0.0.1'));
  }

  private constructor(
    /** The service without HTTP, for callers in this process. */
    public readonly service: SecretsManagerService,
    private readonly server: HttpServer,
  ) {}

  /** The endpoint for clients, such as `http://127.0.0.1:4600`. */
  public get endpoint(): string {
    return this.server.endpoint;
  }

  /** All calls, oldest first. */
  public get calls(): readonly SecretsManagerCall[] {
    return this.service.calls;
  }

  /** Deletes the versions without a staging label, which AWS can do at any time. */
  public deleteUnlabelledVersions(): void {
    for (const store of this.service.allStores) for (const secret of store.all) secret.deleteUnlabelledVersions();
  }

  public async stop(): Promise<void> {
    await this.server.close();
  }
}
