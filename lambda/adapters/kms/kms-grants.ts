import { CreateGrantCommand, paginateListGrants, RetireGrantCommand, RevokeGrantCommand, type GrantOperation, type KMSClient } from '@aws-sdk/client-kms';
import { askKms, isKmsError } from './kms-errors';
import { ErrorName } from '../../../src/contract/error-names';
import { Failure } from '../../../src/contract/failure';
import type { GrantRequest } from '../../../src/contract/requests/grant-request';
import type { GrantPort, ListedGrant } from '../../ports';

/** Either the key is gone, and its grants with it, or the grant is. */
const GONE = ['NotFoundException', 'InvalidGrantIdException'];

/**
 * What KMS answers about a role that it has not heard of yet, and about one that does not exist: it tells the two apart in no way.
 *
 * AWS documents this name for CreateGrant without saying when. That it is the answer here is known from those who make grants on roles
 * that are seconds old, such as the resource aws_kms_grant of Terraform. Should KMS answer otherwise, its own words are told at once.
 */
const UNKNOWN_PRINCIPAL = 'InvalidArnException';

/** AWS KMS for whoever makes grants. Grant tokens end here: nobody needs them once the grant is known everywhere. */
export class KmsGrants implements GrantPort {
  public constructor(private readonly client: KMSClient) {}

  public async createGrant(request: GrantRequest): Promise<{ grantId: string }> {
    const { keyArn, constraint } = request;
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
        if (GrantId === undefined) throw noGrantId(keyArn);
        return { grantId: GrantId };
      } catch (error) {
        throw isKmsError(error, UNKNOWN_PRINCIPAL) ? unknownPrincipal(request, error) : error;
      }
    });
  }

  public async grantsByName(keyArn: string, name: string): Promise<ListedGrant[]> {
    return askKms(keyArn, async () => {
      const found: ListedGrant[] = [];
      try {
        for await (const { Grants = [] } of paginateListGrants({ client: this.client, pageSize: 100 }, { KeyId: keyArn })) {
          const named = Grants.filter((grant) => grant.Name === name);
          found.push(...named.map(({ GrantId, Operations = [] }) => ({ grantId: GrantId as string, operations: Operations })));
        }
      } catch (error) {
        if (!isKmsError(error, 'NotFoundException')) throw error;
      }
      return found;
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

/** As with any answer that cannot be used: nobody knows what was made, and it is taken back by its name. */
function noGrantId(keyArn: string): Failure {
  return new Failure(ErrorName.THROTTLED, {
    where: keyArn, what: 'AWS KMS gave no usable answer', given: 'a grant without an id', remedy: 'ask again later; nothing has to be changed',
  });
}

function unknownPrincipal({ keyArn, granteePrincipal, retiringPrincipal }: GrantRequest, error: Error): Failure {
  return new Failure(ErrorName.KEY_NOT_READY, {
    where: keyArn,
    what: 'AWS KMS does not know a principal of the grant',
    given: `grantee ${granteePrincipal}, retiring principal ${retiringPrincipal} (${error.message})`,
    remedy: 'name principals that exist; one that has only just been made is known a minute later',
  }, error);
}
