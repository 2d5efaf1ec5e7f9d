import {
  CancelKeyDeletionCommand, CreateAliasCommand, CreateKeyCommand, DeleteAliasCommand, DescribeKeyCommand, DisableKeyCommand, EnableKeyCommand,
  EncryptCommand, GetKeyLastUsageCommand, GetKeyPolicyCommand, paginateListAliases, paginateListGrants, paginateListKeys, paginateListResourceTags,
  PutKeyPolicyCommand, ScheduleKeyDeletionCommand, TagResourceCommand, UpdateAliasCommand, UpdateKeyDescriptionCommand,
  type KMSClient,
} from '@aws-sdk/client-kms';
import { askKms, isKmsError } from './kms-errors';
import { describeKeyMetadata } from './kms-key-description';
import { ErrorName } from '../../../src/contract/error-names';
import { Failure } from '../../../src/contract/failure';
import type { AliasEntry, KeyDescription, KeyFamilyPort, KeyState, KeyUsage, NewKey, Tags } from '../../ports';

/** Errors that say a key exists and cannot work now. */
const NOT_READY = ['DisabledException', 'KMSInvalidStateException', 'NotFoundException', 'KeyUnavailableException'];

/** The keys, aliases and policies of a family, in AWS KMS. */
export class KmsKeyFamily implements KeyFamilyPort {
  public constructor(private readonly client: KMSClient) {}

  public async createKey({ origin, description, policy, tags }: NewKey): Promise<KeyDescription> {
    return askAboutPolicy('new key', async () => {
      const answer = await this.client.send(new CreateKeyCommand({
        Origin: origin, Description: description, Policy: policy, Tags: toTagList(tags), KeySpec: 'SYMMETRIC_DEFAULT', KeyUsage: 'ENCRYPT_DECRYPT',
      }));
      return describeKeyMetadata(answer.KeyMetadata);
    });
  }

  public async describeKey(keyIdOrAlias: string): Promise<KeyDescription | undefined> {
    return askKms(keyIdOrAlias, async () => {
      try {
        const answer = await this.client.send(new DescribeKeyCommand({ KeyId: keyIdOrAlias }));
        return describeKeyMetadata(answer.KeyMetadata);
      } catch (error) {
        if (isKmsError(error, 'NotFoundException')) return undefined;
        throw error;
      }
    });
  }

  public async listKeyIds(): Promise<string[]> {
    return askKms('list of keys', async () => {
      const keyIds: string[] = [];
      for await (const page of paginateListKeys({ client: this.client, pageSize: 1000 }, {})) {
        for (const { KeyId } of page.Keys ?? []) if (KeyId !== undefined) keyIds.push(KeyId);
      }
      return keyIds;
    });
  }

  public async listTags(keyId: string): Promise<Tags> {
    return askKms(keyId, async () => {
      const tags: { [name: string]: string } = {};
      try {
        for await (const page of paginateListResourceTags({ client: this.client, pageSize: 50 }, { KeyId: keyId })) {
          for (const { TagKey, TagValue } of page.Tags ?? []) tags[TagKey as string] = TagValue as string;
        }
      } catch (error) {
        // AWS managed keys are listed too, and their tags are nobody's business; a key may also vanish between two calls.
        if (!isKmsError(error, 'NotFoundException', 'AccessDeniedException')) throw error;
      }
      return tags;
    });
  }

  public async tagKey(keyId: string, tags: Tags): Promise<void> {
    await askKms(keyId, () => this.client.send(new TagResourceCommand({ KeyId: keyId, Tags: toTagList(tags) })));
  }

  public async listAliases(prefix: string): Promise<AliasEntry[]> {
    return askKms(prefix, async () => {
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
    return askKms(aliasName, async () => {
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
    await askKms(aliasName, () => this.client.send(new UpdateAliasCommand({ AliasName: aliasName, TargetKeyId: keyId })));
  }

  public async deleteAlias(aliasName: string): Promise<void> {
    await askKms(aliasName, async () => {
      try {
        await this.client.send(new DeleteAliasCommand({ AliasName: aliasName }));
      } catch (error) {
        if (!isKmsError(error, 'NotFoundException')) throw error;
      }
    });
  }

  public async putKeyPolicy(keyId: string, policy: string): Promise<void> {
    await askAboutPolicy(keyId, async () => this.client.send(new PutKeyPolicyCommand({ KeyId: keyId, PolicyName: 'default', Policy: policy })));
  }

  public async getKeyPolicy(keyId: string): Promise<string> {
    return askKms(keyId, async () => {
      const answer = await this.client.send(new GetKeyPolicyCommand({ KeyId: keyId, PolicyName: 'default' }));
      return answer.Policy as string;
    });
  }

  public async updateDescription(keyId: string, description: string): Promise<void> {
    await askKms(keyId, () => this.client.send(new UpdateKeyDescriptionCommand({ KeyId: keyId, Description: description })));
  }

  public async listGrantees(keyId: string): Promise<string[]> {
    return askKms(keyId, async () => {
      const grantees = new Set<string>();
      for await (const page of paginateListGrants({ client: this.client, pageSize: 100 }, { KeyId: keyId })) {
        for (const grant of page.Grants ?? []) grantees.add(grant.GranteePrincipal ?? grant.GrantId ?? 'unknown grantee');
      }
      return [...grantees];
    });
  }

  public async enableKey(keyId: string): Promise<void> {
    await askKms(keyId, () => this.client.send(new EnableKeyCommand({ KeyId: keyId })));
  }

  public async disableKey(keyId: string): Promise<void> {
    await askKms(keyId, () => this.client.send(new DisableKeyCommand({ KeyId: keyId })));
  }

  public async scheduleKeyDeletion(keyId: string, pendingWindowDays: number): Promise<void> {
    await this.bringToState(keyId, (state) => state === 'PendingDeletion', async () =>
      this.client.send(new ScheduleKeyDeletionCommand({ KeyId: keyId, PendingWindowInDays: pendingWindowDays })));
  }

  public async cancelKeyDeletion(keyId: string): Promise<void> {
    await this.bringToState(keyId, (state) => state !== 'PendingDeletion', async () => this.client.send(new CancelKeyDeletionCommand({ KeyId: keyId })));
  }

  public async lastUsage(keyId: string): Promise<KeyUsage | undefined> {
    return askKms(keyId, async () => {
      const { KeyLastUsage: last, TrackingStartDate, KeyCreationDate } = await this.client.send(new GetKeyLastUsageCommand({ KeyId: keyId }));
      if (last?.Timestamp !== undefined) return { operation: last.Operation ?? 'unknown', at: last.Timestamp, eventId: last.CloudTrailEventId };
      // Nobody knows about the time before KMS began to keep track; in doubt the key was used.
      const isOlder = TrackingStartDate !== undefined && KeyCreationDate !== undefined && KeyCreationDate < TrackingStartDate;
      return isOlder ? { operation: 'unknown', at: TrackingStartDate } : undefined;
    });
  }

  public async tryEncrypt(keyId: string, context: Tags): Promise<'encrypted' | 'access-denied' | 'not-ready'> {
    return askKms(keyId, async () => {
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

  /** KMS refuses to do twice what changes a state: then it is asked whether it is done already. */
  private async bringToState(keyId: string, isThere: (state: KeyState) => boolean, change: () => Promise<unknown>): Promise<void> {
    await askKms(keyId, async () => {
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

/** A role that was made a moment ago is not known to KMS yet; the answer is the same as for one that does not exist. */
async function askAboutPolicy<T>(where: string, call: () => Promise<T>): Promise<T> {
  return askKms(where, async () => {
    try {
      return await call();
    } catch (error) {
      if (!isKmsError(error, 'MalformedPolicyDocumentException') || !error.message.includes('invalid principals')) throw error;
      throw new Failure(ErrorName.KEY_NOT_READY, {
        where,
        what: 'key policy names a principal that AWS KMS does not know',
        given: error.message,
        remedy: 'name principals that exist; one that was only just made is known a minute later',
      }, error);
    }
  });
}

function toTagList(tags: Tags): { TagKey: string; TagValue: string }[] {
  return Object.entries(tags).map(([TagKey, TagValue]) => ({ TagKey, TagValue }));
}
