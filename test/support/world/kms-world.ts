import { KMSClient } from '@aws-sdk/client-kms';
import { LocalKms, type LocalKmsOptions } from '../../../local/kms/local-kms';
import { VirtualClock } from '../../../local/kms/model/time/clock';

export const HOUR = 60 * 60 * 1000;
export const DAY = 24 * HOUR;

/** A local KMS with a virtual clock, and clients of it. Base class of every world in which a function is tested. */
export abstract class KmsWorld {
  /** A KMS whose time begins at `start` and passes only when a test or a wait advances it. */
  protected static async startKms(start: Date, options: LocalKmsOptions = {}): Promise<LocalKms> {
    return LocalKms.start({ clock: VirtualClock.frozenAt(start), ...options });
  }

  private readonly clients: KMSClient[] = [];

  protected constructor(public readonly localKms: LocalKms) {}

  public get clock(): VirtualClock {
    return this.localKms.clock;
  }

  /** A client of this KMS. The access key identifies the caller, in policies and in the audit log. */
  public kmsClient(accessKeyId: string, maxAttempts = 1): KMSClient {
    const client = new KMSClient({
      endpoint: this.localKms.endpoint, region: 'eu-central-1', credentials: { accessKeyId, secretAccessKey: 'not-checked' }, maxAttempts,
    });
    this.clients.push(client);
    return client;
  }

  public async close(): Promise<void> {
    for (const client of this.clients) client.destroy();
    await this.localKms.stop();
  }
}
