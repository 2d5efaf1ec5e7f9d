import {
  CreateGrantCommand,
  paginateListGrants,
  RetireGrantCommand,
  RevokeGrantCommand,
  type GrantOperation,
  type KMSClient,
} from '@aws-sdk/client-kms';
import { callKms, isKmsError } from './kms-errors';
import { ErrorName } from '../../../src/contract/error-names';
import { Failure } from '../../../src/contract/failure';
import type { GrantRequest } from '../../../src/contract/requests/grant-request';
import type { GrantPort, ListedGrant } from '../../ports/grants';

/** The key is deleted, with its grants, or the grant is. */
const DELETED = ['NotFoundException', 'InvalidGrantIdException'];

/**
 * The error of KMS for a new role that it does not know yet, and for one that does not exist: KMS does not distinguish
 * the two.
 *
 * AWS documents this error for CreateGrant without its cause. The cause is known from tools that create grants for
 * roles that are seconds old, such as the resource aws_kms_grant of Terraform. If KMS returns another error, it is
 * reported immediately.
 */
const UNKNOWN_PRINCIPAL = 'InvalidArnException';

/**
 * Creates, revokes and retires grants in AWS KMS. Grant tokens are dropped: they are not needed after the
 * grant has propagated.
 */
export class KmsGrants implements GrantPort {
  public constructor(private readonly client: KMSClient) {}

  public async createGrant(request: GrantRequest): Promise<{ grantId: string }> {
    const { keyArn, constraint } = request;
    return callKms(keyArn, async () => {
      try {
        const { GrantId } = await this.client.send(
          new CreateGrantCommand({
            KeyId: keyArn,
            Name: request.name,
            GranteePrincipal: request.granteePrincipal,
            RetiringPrincipal: request.retiringPrincipal,
            Operations: [...request.operations] as GrantOperation[],
            Constraints: constraint && {
              [constraint.kind === 'equals' ? 'EncryptionContextEquals' : 'EncryptionContextSubset']: constraint.pairs,
            },
          }),
        );
        if (GrantId === undefined) throw noGrantId(keyArn);
        return { grantId: GrantId };
      } catch (error) {
        throw isKmsError(error, UNKNOWN_PRINCIPAL) ? unknownPrincipal(request, error) : error;
      }
    });
  }

  public async grantsByName(keyArn: string, name: string): Promise<ListedGrant[]> {
    return callKms(keyArn, async () => {
      const found: ListedGrant[] = [];
      try {
        for await (const { Grants = [] } of paginateListGrants({ client: this.client, pageSize: 100 }, { KeyId: keyArn })) {
          const named = Grants.filter((grant) => grant.Name === name);
          found.push(...named.map(({ GrantId, Operations = [], CreationDate }) => (
            { grantId: GrantId as string, operations: Operations, createdAt: CreationDate })));
        }
      } catch (error) {
        if (!isKmsError(error, 'NotFoundException')) throw error;
      }
      return found;
    });
  }

  public async revokeGrant(keyArn: string, grantId: string): Promise<'ended' | 'access-denied'> {
    return callKms(keyArn, async () => {
      try {
        await this.client.send(new RevokeGrantCommand({ KeyId: keyArn, GrantId: grantId }));
      } catch (error) {
        if (isKmsError(error, 'AccessDeniedException')) return 'access-denied';
        if (!isKmsError(error, ...DELETED)) throw error;
      }
      return 'ended';
    });
  }

  public async retireGrant(keyArn: string, grantId: string): Promise<void> {
    await callKms(keyArn, async () => {
      try {
        await this.client.send(new RetireGrantCommand({ KeyId: keyArn, GrantId: grantId }));
      } catch (error) {
        if (!isKmsError(error, ...DELETED)) throw error;
      }
    });
  }
}

/** As for any unusable response: whether a grant was created is unknown, so it is revoked by its name. */
function noGrantId(keyArn: string): Failure {
  return new Failure(ErrorName.THROTTLED, {
    where: keyArn, what: 'AWS KMS returned no usable response', given: 'a grant without an id', remedy: 'retry later; no change is needed',
  });
}

function unknownPrincipal({ keyArn, granteePrincipal, retiringPrincipal }: GrantRequest, error: Error): Failure {
  return new Failure(ErrorName.KEY_NOT_READY, {
    where: keyArn,
    what: 'AWS KMS does not know a principal of the grant',
    given: `grantee ${granteePrincipal}, retiring principal ${retiringPrincipal} (${error.message})`,
    remedy: 'name principals that exist; KMS knows a new principal a minute after its creation',
  }, error);
}
