import {
  CreateAliasCommand, DecryptCommand, DeleteAliasCommand, DescribeKeyCommand, EncryptCommand, GetKeyPolicyCommand, KMSClient, ListAliasesCommand,
  ListKeysCommand, ListResourceTagsCommand, PutKeyPolicyCommand, ScheduleKeyDeletionCommand, TagResourceCommand, UpdateAliasCommand,
} from '@aws-sdk/client-kms';
import type { VirtualClock } from '../../../local/kms/model/time/clock';
import type { LocalKms } from '../../../local/kms/local-kms';

export const ALIAS = 'alias/orders';

/** Everybody but the handler: who looks at keys, uses them, and meddles with them. */
export class People {
  public static readonly ACCESS_KEY = 'people';

  public readonly people: KMSClient;

  protected constructor(public readonly localKms: LocalKms) {
    this.people = this.kmsClient(People.ACCESS_KEY);
  }

  public get clock(): VirtualClock {
    return this.localKms.clock;
  }

  /** Every alias and the key it names. */
  public async aliases(): Promise<{ [alias: string]: string }> {
    const { Aliases = [] } = await this.people.send(new ListAliasesCommand({}));
    const named = Aliases.filter(({ TargetKeyId }) => TargetKeyId !== undefined);
    return Object.fromEntries(named.map(({ AliasName, TargetKeyId }) => [AliasName as string, TargetKeyId as string]));
  }

  public async keyIds(): Promise<string[]> {
    const { Keys = [] } = await this.people.send(new ListKeysCommand({}));
    return Keys.map(({ KeyId }) => KeyId as string);
  }

  public async key(keyId: string) {
    const { KeyMetadata } = await this.people.send(new DescribeKeyCommand({ KeyId: keyId }));
    return KeyMetadata!;
  }

  public async tags(keyId: string): Promise<{ [name: string]: string }> {
    const { Tags = [] } = await this.people.send(new ListResourceTagsCommand({ KeyId: keyId }));
    return Object.fromEntries(Tags.map(({ TagKey, TagValue }) => [TagKey as string, TagValue as string]));
  }

  public async policy(keyId: string): Promise<string> {
    const { Policy } = await this.people.send(new GetKeyPolicyCommand({ KeyId: keyId }));
    return Policy as string;
  }

  /** Something that somebody keeps under a key, a moment later. */
  public async encrypt(keyId = ALIAS): Promise<Uint8Array> {
    this.clock.advance(1000);
    const { CiphertextBlob } = await this.people.send(new EncryptCommand({ KeyId: keyId, Plaintext: Buffer.from('order') }));
    return CiphertextBlob as Uint8Array;
  }

  public async decrypt(blob: Uint8Array): Promise<string> {
    const { Plaintext } = await this.people.send(new DecryptCommand({ CiphertextBlob: blob }));
    return Buffer.from(Plaintext as Uint8Array).toString();
  }

  public async nameKey(alias: string, keyId: string): Promise<void> {
    await this.people.send(new CreateAliasCommand({ AliasName: alias, TargetKeyId: keyId }));
  }

  public async tag(keyId: string, tags: { [name: string]: string }): Promise<void> {
    const list = Object.entries(tags).map(([TagKey, TagValue]) => ({ TagKey, TagValue }));
    if (list.length > 0) await this.people.send(new TagResourceCommand({ KeyId: keyId, Tags: list }));
  }

  public async putPolicy(keyId: string, policy: string): Promise<void> {
    await this.people.send(new PutKeyPolicyCommand({ KeyId: keyId, Policy: policy }));
  }

  public async moveAlias(keyId: string): Promise<void> {
    await this.people.send(new UpdateAliasCommand({ AliasName: ALIAS, TargetKeyId: keyId }));
  }

  public async deleteAlias(alias: string): Promise<void> {
    await this.people.send(new DeleteAliasCommand({ AliasName: alias }));
  }

  public async scheduleDeletion(keyId: string): Promise<void> {
    await this.people.send(new ScheduleKeyDeletionCommand({ KeyId: keyId, PendingWindowInDays: 7 }));
  }

  protected kmsClient(accessKeyId: string): KMSClient {
    return new KMSClient({ endpoint: this.localKms.endpoint, region: 'eu-central-1', credentials: { accessKeyId, secretAccessKey: 'unused' }, maxAttempts: 1 });
  }
}
