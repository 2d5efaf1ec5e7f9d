import { SecretsManagerService, type SecretsManagerCall } from './secrets-manager-service';
import type { VirtualClock } from '../kms/model/time/clock';
import { HttpServer } from '../kms/protocol/http-server';

export interface LocalSecretsManagerOptions {
  /** @default 0, any port that is free */
  readonly port?: number;
  /** @default - the real time */
  readonly clock?: VirtualClock;
}

/**
 * A Secrets Manager that runs on a laptop, as far as key material needs one: five operations, with labels and versions as AWS has them.
 *
 * For tests and demonstrations; it keeps everything in memory, unencrypted.
 */
export class LocalSecretsManager {
  public static async start(options: LocalSecretsManagerOptions = {}): Promise<LocalSecretsManager> {
    const { clock } = options;
    const service = new SecretsManagerService(clock === undefined ? () => new Date() : () => clock.now());
    return new LocalSecretsManager(service, await HttpServer.listen(service, options.port ?? 0, '127.0.0.1'));
  }

  private constructor(private readonly service: SecretsManagerService, private readonly server: HttpServer) {}

  /** Where it listens, as in `http://127.0.0.1:4600`. */
  public get endpoint(): string {
    return this.server.endpoint;
  }

  /** Every call, oldest first. */
  public get calls(): readonly SecretsManagerCall[] {
    return this.service.calls;
  }

  /** What AWS may do at any time: versions that carry no label are gone. */
  public forgetUnlabelledVersions(): void {
    for (const store of this.service.allStores) for (const secret of store.all) secret.forgetUnlabelledVersions();
  }

  public async stop(): Promise<void> {
    await this.server.close();
  }
}
