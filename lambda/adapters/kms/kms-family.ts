import {
  CancelKeyDeletionCommand,
  CreateAliasCommand,
  CreateKeyCommand,
  DataKeySpec,
  DeleteAliasCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  EnableKeyCommand,
  EncryptCommand,
  GenerateDataKeyWithoutPlaintextCommand,
  GetKeyLastUsageCommand,
  GetKeyPolicyCommand,
  ListResourceTagsCommand,
  paginateListAliases,
  paginateListGrants,
  paginateListKeys,
  paginateListResourceTags,
  PutKeyPolicyCommand,
  ScheduleKeyDeletionCommand,
  TagResourceCommand,
  UpdateAliasCommand,
  UpdateKeyDescriptionCommand,
  type KMSClient,
} from '@aws-sdk/client-kms';
import { callKms, isKmsError } from './kms-errors';
import { describeKeyMetadata } from './kms-key-description';
import type { AliasEntry, KeyFamilyPort, KeyUsage, NewKey } from '../../ports/key-family';
import type { KeyDescription, KeyState, Tags } from '../../ports/keys';
import { UnknownPrincipal } from '../../ports/unknown-principal';

/** Errors that mean that a key is not usable now. */
const NOT_READY = ['DisabledException', 'KMSInvalidStateException', 'NotFoundException', 'KeyUnavailableException'];

/** The keys, aliases and policies of a family, in AWS KMS. */
export class KmsKeyFamily implements KeyFamilyPort {
  public constructor(private readonly client: KMSClient) {}

  /** Nothing to wait for: what other hosts of KMS show is not known here. */
  public async settle(): Promise<void> {}

  public async createKey({ origin, description, policy, tags }: NewKey): Promise<KeyDescription> {
    return callWithPolicy('new key', async () => {
      const response = await this.client.send(
        new CreateKeyCommand({
          Origin: origin,
          Description: description,
          Policy: policy,
          Tags: toTagList(tags),
          KeySpec: 'SYMMETRIC_DEFAULT',
          KeyUsage: 'ENCRYPT_DECRYPT',
        }),
      );
      return describeKeyMetadata(response.KeyMetadata);
    });
  }

  public async describeKey(keyIdOrAlias: string): Promise<KeyDescription | undefined> {
    return callKms(keyIdOrAlias, async () => {
      try {
        const response = await this.client.send(new DescribeKeyCommand({ KeyId: keyIdOrAlias }));
        return describeKeyMetadata(response.KeyMetadata);
      } catch (error) {
        if (isKmsError(error, 'NotFoundException')) return undefined;
        throw error;
      }
    });
  }

  public async listKeyIds(): Promise<string[]> {
    return callKms('list of keys', async () => {
      const keyIds: string[] = [];
      for await (const page of paginateListKeys({ client: this.client, pageSize: 1000 }, {})) {
        for (const { KeyId } of page.Keys ?? []) if (KeyId !== undefined) keyIds.push(KeyId);
      }
      return keyIds;
    });
  }

  public async listTags(keyId: string): Promise<Tags> {
    return callKms(keyId, async () => {
      const tags: { [name: string]: string } = {};
      try {
        for await (const page of paginateListResourceTags({ client: this.client, pageSize: 50 }, { KeyId: keyId })) {
          for (const { TagKey, TagValue } of page.Tags ?? []) tags[TagKey as string] = TagValue as string;
        }
      } catch (error) {
        // A key may be deleted between two calls. Tags that this role may not read are unknown, and never none.
        if (!isKmsError(error, 'NotFoundException')) throw error;
      }
      return tags;
    });
  }

  /** Reads the tags of the key, which the control role may do for every key of its account, and no description. */
  public async isUnknownKey(keyId: string): Promise<boolean> {
    return callKms(keyId, async () => {
      try {
        await this.client.send(new ListResourceTagsCommand({ KeyId: keyId, Limit: 1 }));
        return false;
      } catch (error) {
        if (isKmsError(error, 'NotFoundException')) return true;
        throw error;
      }
    });
  }

  public async tagKey(keyId: string, tags: Tags): Promise<void> {
    await callKms(keyId, () => this.client.send(new TagResourceCommand({ KeyId: keyId, Tags: toTagList(tags) })));
  }

  public async listAliases(prefix: string): Promise<AliasEntry[]> {
    return callKms(prefix, async () => {
      const found: AliasEntry[] = [];
      for await (const page of paginateListAliases({ client: this.client, pageSize: 100 }, {})) {
        for (const { AliasName, TargetKeyId } of page.Aliases ?? []) {
          if (AliasName === undefined || TargetKeyId === undefined) continue;
          if (AliasName === prefix || AliasName.startsWith(`${prefix}/`)) found.push({ aliasName: AliasName, keyId: TargetKeyId });
        }
      }
      return found;
    });
  }

  public async createAlias(aliasName: string, keyId: string): Promise<'created' | 'taken'> {
    return callKms(aliasName, async () => {
      try {
        await this.client.send(new CreateAliasCommand({ AliasName: aliasName, TargetKeyId: keyId }));
        return 'created';
      } catch (error) {
        if (isKmsError(error, 'AlreadyExistsException')) return 'taken';
        throw error;
      }
    });
  }

  public async updateAlias(aliasName: string, keyId: string): Promise<void> {
    await callKms(aliasName, () => this.client.send(new UpdateAliasCommand({ AliasName: aliasName, TargetKeyId: keyId })));
  }

  public async deleteAlias(aliasName: string): Promise<void> {
    await callKms(aliasName, async () => {
      try {
        await this.client.send(new DeleteAliasCommand({ AliasName: aliasName }));
      } catch (error) {
        if (!isKmsError(error, 'NotFoundException')) throw error;
      }
    });
  }

  public async putKeyPolicy(keyId: string, policy: string): Promise<void> {
    await callWithPolicy(keyId, async () =>
      this.client.send(new PutKeyPolicyCommand({ KeyId: keyId, PolicyName: 'default', Policy: policy })),
    );
  }

  public async getKeyPolicy(keyId: string): Promise<string> {
    return callKms(keyId, async () => {
      const response = await this.client.send(new GetKeyPolicyCommand({ KeyId: keyId, PolicyName: 'default' }));
      return response.Policy as string;
    });
  }

  public async updateDescription(keyId: string, description: string): Promise<void> {
    await callKms(keyId, () => this.client.send(new UpdateKeyDescriptionCommand({ KeyId: keyId, Description: description })));
  }

  public async listGrantees(keyId: string): Promise<string[]> {
    return callKms(keyId, async () => {
      const grantees = new Set<string>();
      for await (const page of paginateListGrants({ client: this.client, pageSize: 100 }, { KeyId: keyId })) {
        for (const grant of page.Grants ?? []) {
          grantees.add(grant.GranteePrincipal ?? grant.GranteeServicePrincipal ?? grant.GrantId ?? 'unknown grantee');
        };
      }
      return [...grantees];
    });
  }

  public async enableKey(keyId: string): Promise<void> {
    await callKms(keyId, () => this.client.send(new EnableKeyCommand({ KeyId: keyId })));
  }

  public async disableKey(keyId: string): Promise<void> {
    await callKms(keyId, () => this.client.send(new DisableKeyCommand({ KeyId: keyId })));
  }

  public async scheduleKeyDeletion(keyId: string, pendingWindowDays: number): Promise<void> {
    await this.bringToState(keyId, (state) => state === 'PendingDeletion', async () =>
      this.client.send(new ScheduleKeyDeletionCommand({ KeyId: keyId, PendingWindowInDays: pendingWindowDays })));
  }

  public async cancelKeyDeletion(keyId: string): Promise<void> {
    await this.bringToState(
      keyId,
      (state) => state !== 'PendingDeletion',
      async () => this.client.send(new CancelKeyDeletionCommand({ KeyId: keyId })),
    );
  }

  public async lastUsage(keyId: string): Promise<KeyUsage | undefined> {
    return callKms(keyId, async () => {
      const {
        KeyLastUsage: last,
        TrackingStartDate,
        KeyCreationDate,
      } = await this.client.send(new GetKeyLastUsageCommand({ KeyId: keyId }));
      if (last?.Timestamp !== undefined) {
        return { operation: last.Operation ?? 'unknown', at: last.Timestamp, eventId: last.CloudTrailEventId };
      }
      // KMS does not report use before it began to track usage, so the key is assumed to have been used.
      const isOlder = TrackingStartDate !== undefined && KeyCreationDate !== undefined && KeyCreationDate < TrackingStartDate;
      return isOlder ? { operation: 'unknown', at: TrackingStartDate } : undefined;
    });
  }

  public async tryEncrypt(keyId: string, context: Tags): Promise<'encrypted' | 'access-denied' | 'not-ready'> {
    return callKms(keyId, async () => {
      try {
        await this.client.send(new EncryptCommand({ KeyId: keyId, Plaintext: Buffer.from('canary'), EncryptionContext: context }));
        return 'encrypted';
      } catch (error) {
        if (isKmsError(error, 'AccessDeniedException')) return 'access-denied';
        if (isKmsError(error, ...NOT_READY)) return 'not-ready';
        throw error;
      }
    });
  }

  public async failToGenerateDataKey(keyId: string, context: Tags): Promise<void> {
    await callKms(keyId, async () => {
      try {
        const request = { KeyId: keyId, KeySpec: DataKeySpec.AES_256, EncryptionContext: context };
        await this.client.send(new GenerateDataKeyWithoutPlaintextCommand(request));
      } catch (error) {
        if (!isKmsError(error, 'AccessDeniedException', ...NOT_READY)) throw error;
      }
    });
  }

  /** KMS rejects a second change to the same state: then DescribeKey shows whether the key is already in it. */
  private async bringToState(keyId: string, isThere: (state: KeyState) => boolean, change: () => Promise<unknown>): Promise<void> {
    await callKms(keyId, async () => {
      try {
        await change();
      } catch (error) {
        if (!isKmsError(error, 'KMSInvalidStateException')) throw error;
        const { KeyMetadata } = await this.client.send(new DescribeKeyCommand({ KeyId: keyId }));
        if (!isThere(describeKeyMetadata(KeyMetadata).state)) throw error;
      }
    });
  }
}

/** KMS does not know a new role yet, and returns the same error as for one that does not exist. */
async function callWithPolicy<T>(where: string, call: () => Promise<T>): Promise<T> {
  return callKms(where, async () => {
    try {
      return await call();
    } catch (error) {
      if (!isKmsError(error, 'MalformedPolicyDocumentException') || !error.message.includes('invalid principals')) throw error;
      throw new UnknownPrincipal(where, error);
    }
  });
}

function toTagList(tags: Tags): { TagKey: string; TagValue: string }[] {
  return Object.entries(tags).map(([TagKey, TagValue]) => ({ TagKey, TagValue }));
}
