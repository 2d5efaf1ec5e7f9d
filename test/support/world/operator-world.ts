import {
  CreateAliasCommand, DecryptCommand, DeleteAliasCommand, DescribeKeyCommand, EncryptCommand, GetKeyPolicyCommand, ListAliasesCommand,
  ListKeysCommand, ListResourceTagsCommand, PutKeyPolicyCommand, ScheduleKeyDeletionCommand, TagResourceCommand, UpdateAliasCommand,
  type KMSClient,
} from '@aws-sdk/client-kms';
import { KmsWorld } from './kms-world';
import type { LocalKms } from '../../../local/kms/local-kms';

export const ALIAS = 'alias/orders';

/** A KMS with an operator and applications. They read, use and change keys without the functions under test. */
export abstract class OperatorWorld extends KmsWorld {
  public static readonly ACCESS_KEY = 'operator';

  /** KMS as the operator and the applications call it. */
  public readonly operator: KMSClient;

  protected constructor(localKms: LocalKms) {
    super(localKms);
    this.operator = this.kmsClient(OperatorWorld.ACCESS_KEY);
  }

  /** Every alias and the key it names. */
  public async aliases(): Promise<{ [alias: string]: string }> {
    const { Aliases = [] } = await this.operator.send(new ListAliasesCommand({}));
    const named = Aliases.filter(({ TargetKeyId }) => TargetKeyId !== undefined);
    return Object.fromEntries(named.map(({ AliasName, TargetKeyId }) => [AliasName as string, TargetKeyId as string]));
  }

  public async keyIds(): Promise<string[]> {
    const { Keys = [] } = await this.operator.send(new ListKeysCommand({}));
    return Keys.map(({ KeyId }) => KeyId as string);
  }

  public async key(keyId: string) {
    const { KeyMetadata } = await this.operator.send(new DescribeKeyCommand({ KeyId: keyId }));
    return KeyMetadata!;
  }

  public async tags(keyId: string): Promise<{ [name: string]: string }> {
    const { Tags = [] } = await this.operator.send(new ListResourceTagsCommand({ KeyId: keyId }));
    return Object.fromEntries(Tags.map(({ TagKey, TagValue }) => [TagKey as string, TagValue as string]));
  }

  public async policy(keyId: string): Promise<string> {
    const { Policy } = await this.operator.send(new GetKeyPolicyCommand({ KeyId: keyId }));
    return Policy as string;
  }

  /** A ciphertext of an application under a key, encrypted a second later. */
  public async encrypt(keyId = ALIAS): Promise<Uint8Array> {
    this.clock.advance(1000);
    const { CiphertextBlob } = await this.operator.send(new EncryptCommand({ KeyId: keyId, Plaintext: Buffer.from('order') }));
    return CiphertextBlob as Uint8Array;
  }

  public async decrypt(blob: Uint8Array): Promise<string> {
    const { Plaintext } = await this.operator.send(new DecryptCommand({ CiphertextBlob: blob }));
    return Buffer.from(Plaintext as Uint8Array).toString();
  }

  public async createAlias(alias: string, keyId: string): Promise<void> {
    await this.operator.send(new CreateAliasCommand({ AliasName: alias, TargetKeyId: keyId }));
  }

  public async tag(keyId: string, tags: { [name: string]: string }): Promise<void> {
    const list = Object.entries(tags).map(([TagKey, TagValue]) => ({ TagKey, TagValue }));
    if (list.length > 0) await this.operator.send(new TagResourceCommand({ KeyId: keyId, Tags: list }));
  }

  public async putPolicy(keyId: string, policy: string): Promise<void> {
    await this.operator.send(new PutKeyPolicyCommand({ KeyId: keyId, Policy: policy }));
  }

  public async moveAlias(keyId: string): Promise<void> {
    await this.operator.send(new UpdateAliasCommand({ AliasName: ALIAS, TargetKeyId: keyId }));
  }

  public async deleteAlias(alias: string): Promise<void> {
    await this.operator.send(new DeleteAliasCommand({ AliasName: alias }));
  }

  public async scheduleDeletion(keyId: string): Promise<void> {
    await this.operator.send(new ScheduleKeyDeletionCommand({ KeyId: keyId, PendingWindowInDays: 7 }));
  }
}
