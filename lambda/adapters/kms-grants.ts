import { CreateGrantCommand, paginateListGrants, RetireGrantCommand, RevokeGrantCommand, type GrantOperation, type KMSClient } from '@aws-sdk/client-kms';
import type { GrantRequest } from '../../src/contract/grant-request';
import type { GrantPort } from '../ports';
import { askKms, isKmsError } from './kms-errors';

/** Either the key is gone, and its grants with it, or the grant is. */
const GONE = ['NotFoundException', 'InvalidGrantIdException'];

/** AWS KMS for whoever makes grants. Grant tokens end here: nobody needs them once the grant is known everywhere. */
export class KmsGrants implements GrantPort {
  public constructor(private readonly client: KMSClient) {}

  public async createGrant({ keyArn, constraint, ...request }: GrantRequest): Promise<{ grantId: string } | 'unknown-principal'> {
    return askKms(keyArn, async () => {
      try {
        const { GrantId } = await this.client.send(new CreateGrantCommand({
          KeyId: keyArn,
          Name: request.name,
          GranteePrincipal: request.granteePrincipal,
          RetiringPrincipal: request.retiringPrincipal,
          Operations: [...request.operations] as GrantOperation[],
          Constraints: constraint && { [constraint.kind === 'equals' ? 'EncryptionContextEquals' : 'EncryptionContextSubset']: constraint.pairs },
        }));
        return { grantId: GrantId as string };
      } catch (error) {
        if (isKmsError(error, 'InvalidArnException')) return 'unknown-principal';
        throw error;
      }
    });
  }

  public async grantsByName(keyArn: string, name: string): Promise<string[]> {
    return askKms(keyArn, async () => {
      const grantIds: string[] = [];
      try {
        for await (const { Grants = [] } of paginateListGrants({ client: this.client, pageSize: 100 }, { KeyId: keyArn })) {
          grantIds.push(...Grants.filter((grant) => grant.Name === name).map(({ GrantId }) => GrantId as string));
        }
      } catch (error) {
        if (!isKmsError(error, 'NotFoundException')) throw error;
      }
      return grantIds;
    });
  }

  public async revokeGrant(keyArn: string, grantId: string): Promise<'ended' | 'access-denied'> {
    return askKms(keyArn, async () => {
      try {
        await this.client.send(new RevokeGrantCommand({ KeyId: keyArn, GrantId: grantId }));
      } catch (error) {
        if (isKmsError(error, 'AccessDeniedException')) return 'access-denied';
        if (!isKmsError(error, ...GONE)) throw error;
      }
      return 'ended';
    });
  }

  public async retireGrant(keyArn: string, grantId: string): Promise<void> {
    await askKms(keyArn, async () => {
      try {
        await this.client.send(new RetireGrantCommand({ KeyId: keyArn, GrantId: grantId }));
      } catch (error) {
        if (!isKmsError(error, ...GONE)) throw error;
      }
    });
  }
}
