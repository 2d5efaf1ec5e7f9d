import { CreateKeyCommand, KMSClient, ListGrantsCommand, type GrantListEntry } from '@aws-sdk/client-kms';
import type { Crash } from './crashing-client';
import { KmsGrants } from '../../lambda/adapters/kms/kms-grants';
import type { GrantPorts } from '../../lambda/kms-grant/create-grant';
import { kmsGrantResource } from '../../lambda/kms-grant/kms-grant-resource';
import type { CustomResourceKind } from '../../lambda/runtime/custom-resource';
import { jsonLog } from '../../lambda/runtime/log';
import { VirtualClock } from '../../local/kms/model/time/clock';
import { LocalKms, type LocalKmsOptions } from '../../local/kms/local-kms';
import { virtualSleep } from '../../local/virtual-sleep';
import { encodeGrant, type GrantProperties, type GrantRequest } from '../../src/contract/requests/grant-request';

const ACCOUNT = '111122223333';
export const READER = `arn:aws:iam::${ACCOUNT}:role/reader`;
export const WRITER = `arn:aws:iam::${ACCOUNT}:role/writer`;
export const MAKER = `arn:aws:iam::${ACCOUNT}:role/maker`;

/** A KMS, and time that moves only when somebody waits: all that grants need. */
export class GrantWorld {
  public static async open(options: LocalKmsOptions = {}): Promise<GrantWorld> {
    const clock = VirtualClock.standingAt(new Date('2026-11-01T00:00:00Z'));
    return new GrantWorld(clock, await LocalKms.start({ clock, ...options }));
  }

  public readonly kms: KMSClient;
  public readonly lines: string[] = [];

  private constructor(public readonly clock: VirtualClock, public readonly localKms: LocalKms) {
    this.kms = this.client('admin');
  }

  public async close(): Promise<void> {
    await this.localKms.stop();
  }

  public async newKey(policy?: object): Promise<string> {
    const { KeyMetadata: key } = await this.kms.send(new CreateKeyCommand({ Policy: policy && JSON.stringify(policy) }));
    return key?.Arn as string;
  }

  /** What the handler does when it is asked, with calls of its own. */
  public resource(crash?: Crash, { maxAttempts = 1, kms }: { maxAttempts?: number; kms?: Partial<GrantPorts['kms']> } = {}): CustomResourceKind {
    const client = this.client('maker', maxAttempts);
    crash?.around(client);
    const port = Object.assign(new KmsGrants(client), kms);
    return kmsGrantResource({ kms: port, clock: virtualSleep(this.clock), log: jsonLog((line) => this.lines.push(line)) });
  }

  /** The grants that stand on a key. */
  public async grants(keyArn: string): Promise<GrantListEntry[]> {
    const { Grants } = await this.kms.send(new ListGrantsCommand({ KeyId: keyArn }));
    return Grants ?? [];
  }

  public client(accessKeyId: string, maxAttempts = 1): KMSClient {
    return new KMSClient({
      endpoint: this.localKms.endpoint, region: 'eu-central-1', credentials: { accessKeyId, secretAccessKey: 'not-checked' }, maxAttempts,
    });
  }
}

/** Properties as the construct writes them, but for what a test is about. */
export function properties(keyArn: string, changes: Partial<GrantRequest> = {}): GrantProperties {
  const request = { keyArn, name: 'orders/prod-Grant-0123', granteePrincipal: READER, retiringPrincipal: MAKER, operations: ['Decrypt'], ...changes };
  const written = Object.entries(encodeGrant(request)).filter(([, value]) => value !== undefined);
  return { ServiceToken: 'token', ServiceTimeout: '300', ...Object.fromEntries(written) };
}
