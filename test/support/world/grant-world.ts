import { CreateKeyCommand, ListGrantsCommand, type GrantListEntry, type KMSClient } from '@aws-sdk/client-kms';
import { KmsWorld } from './kms-world';
import { KmsGrants } from '../../../lambda/adapters/kms/kms-grants';
import type { GrantPorts } from '../../../lambda/kms-grant/create-grant';
import { kmsGrantResource } from '../../../lambda/kms-grant/kms-grant-resource';
import type { CustomResourceKind } from '../../../lambda/runtime/custom-resource';
import { jsonLog } from '../../../lambda/runtime/log';
import type { LocalKms, LocalKmsOptions } from '../../../local/kms/local-kms';
import { virtualSleep } from '../../../local/virtual-sleep';
import { encodeGrant, type GrantProperties, type GrantRequest } from '../../../src/contract/requests/grant-request';
import type { Crash } from '../crashing-client';

const ACCOUNT = '111122223333';
export const READER = `arn:aws:iam::${ACCOUNT}:role/reader`;
export const WRITER = `arn:aws:iam::${ACCOUNT}:role/writer`;
export const MAKER = `arn:aws:iam::${ACCOUNT}:role/maker`;

/** A local KMS and the handler of `Custom::KmsGrant`. */
export class GrantWorld extends KmsWorld {
  public static async open(options: LocalKmsOptions = {}): Promise<GrantWorld> {
    return new GrantWorld(await GrantWorld.startKms(new Date('2026-11-01T00:00:00Z'), options));
  }

  public readonly kms: KMSClient;
  public readonly lines: string[] = [];

  private constructor(localKms: LocalKms) {
    super(localKms);
    this.kms = this.kmsClient('admin');
  }

  public async newKey(policy?: object): Promise<string> {
    const { KeyMetadata: key } = await this.kms.send(new CreateKeyCommand({ Policy: policy && JSON.stringify(policy) }));
    return key?.Arn as string;
  }

  /** The custom resource, with a client of its own. */
  public resource(
    crash?: Crash, { maxAttempts = 1, kms }: { maxAttempts?: number; kms?: Partial<GrantPorts['kms']> } = {},
  ): CustomResourceKind {
    const client = this.kmsClient('maker', maxAttempts);
    crash?.around(client);
    const port = Object.assign(new KmsGrants(client), kms);
    return kmsGrantResource({ kms: port, clock: virtualSleep(this.clock), log: jsonLog((line) => this.lines.push(line)) });
  }

  /** The grants of a key. */
  public async grants(keyArn: string): Promise<GrantListEntry[]> {
    const { Grants } = await this.kms.send(new ListGrantsCommand({ KeyId: keyArn }));
    return Grants ?? [];
  }
}

/** Properties as the construct writes them, with the changes of a test. */
export function properties(keyArn: string, changes: Partial<GrantRequest> = {}): GrantProperties {
  const request = {
    keyArn, name: 'orders/prod-Grant-0123', granteePrincipal: READER, retiringPrincipal: MAKER, operations: ['Decrypt'], ...changes,
  };
  const written = Object.entries(encodeGrant(request)).filter(([, value]) => value !== undefined);
  return { ServiceToken: 'token', ServiceTimeout: '300', ...Object.fromEntries(written) };
}
