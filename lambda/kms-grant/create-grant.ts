import type { ExistingGrant } from './physical-id';
import { ErrorName } from '../../src/contract/error-names';
import { Failure } from '../../src/contract/failure';
import type { GrantRequest } from '../../src/contract/requests/grant-request';
import { retryWhilePropagating } from '../key-family/retry-while-propagating';
import type { Clock } from '../ports/clock';
import type { GrantPort, ListedGrant } from '../ports/grants';
import { isAfter, type DeploymentEvent } from '../runtime/deployment-event';
import type { Log } from '../runtime/log';

export interface GrantPorts {
  readonly kms: GrantPort;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Creates the grant, or finds it: a repeated request returns the same grant, because its name is unique.
 *
 * @param previous the existing grant that an Update refers to
 */
export async function createGrant(request: GrantRequest, previous: ExistingGrant | undefined, ports: GrantPorts): Promise<ExistingGrant> {
  const { keyArn, name, granteePrincipal } = request;
  const { grantId } = await retryWhilePropagating(keyArn, ports.clock, async () => {
    const existing = await ports.kms.grantsByName(keyArn, name);
    if (isLate(request, previous, existing)) throw lateEvent(request);
    return createOrLeaveNothing(request, existing, ports);
  });
  ports.log.info('grant-created', { keyArn, grantId, grantee: granteePrincipal });
  return { keyArn, grantId };
}

/**
 * If KMS returns no response, a grant may have been created. New grants are revoked immediately, because a rollback may
 * remove the permission to list grants from the key policy before it deletes this resource.
 */
async function createOrLeaveNothing(
  request: GrantRequest,
  before: readonly ListedGrant[],
  ports: GrantPorts,
): ReturnType<GrantPort['createGrant']> {
  try {
    return await ports.kms.createGrant(request);
  } catch (error) {
    // If that fails too, the first failure is reported, and the Delete of CloudFormation revokes the rest by name.
    if (Failure.named(error, ErrorName.THROTTLED)) {
      await endOthers(request, before, undefined, ports).catch(() => ports.log.warn('grant-may-remain', { keyArn: request.keyArn }));
    }
    throw error;
  }
}

/**
 * Revokes a grant, or retires it.
 *
 * It is revoked if possible, because a key administrator can revoke even a grant that has not propagated. If the same
 * deployment has already removed that permission, the grant is retired: the grant itself gives this permission to its
 * retiring principal.
 */
export async function endGrant({ keyArn, grantId }: ExistingGrant, { kms, clock, log }: GrantPorts): Promise<void> {
  const event = await retryWhilePropagating(keyArn, clock, async () => {
    if (await kms.revokeGrant(keyArn, grantId) !== 'access-denied') return 'grant-revoked';
    await kms.retireGrant(keyArn, grantId);
    return 'grant-retired';
  });
  log.info(event, { keyArn, grantId });
}

/**
 * Revokes all other grants with this name: they remain from attempts that created one and then failed.
 *
 * A grant that was created after the event was sent belongs to a later event. AWS Lambda then delivers this one again,
 * and that grant stays.
 */
export async function endOthers(
  { keyArn, name }: GrantRequest,
  keep: readonly { readonly grantId: string }[],
  event: DeploymentEvent | undefined,
  ports: GrantPorts,
): Promise<void> {
  const kept = keep.map(({ grantId }) => grantId);
  const existing = await retryWhilePropagating(keyArn, ports.clock, () => ports.kms.grantsByName(keyArn, name));
  for (const { grantId, createdAt } of existing) {
    if (kept.includes(grantId)) continue;
    if (event !== undefined && isAfter(createdAt, event)) ports.log.warn('later-grant-retained', { keyArn, grantId });
    else await endGrant({ keyArn, grantId }, ports);
  }
}

/**
 * Whether a later event was handled before this one. AWS Lambda may deliver an event twice, and no event would ever
 * delete a grant that the second delivery creates.
 *
 * A late event with other terms is denied, because the permission to create a grant names the terms. One with fewer
 * operations is allowed, because no condition can require all of them. Operations are therefore compared: if other
 * grants exist, and this event knows none of them, the event is late.
 */
function isLate({ operations }: GrantRequest, previous: ExistingGrant | undefined, existing: readonly ListedGrant[]): boolean {
  const isKnown = (grant: ListedGrant) => grant.grantId === previous?.grantId || haveSame(grant.operations, operations);
  return existing.length > 0 && !existing.some(isKnown);
}

function haveSame(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((each) => others.includes(each));
}

function lateEvent({ keyArn, name, operations }: GrantRequest): Failure {
  return new Failure(ErrorName.VERIFICATION_FAILED, {
    where: keyArn,
    what: `a later deployment has created another grant with the name ${name}`,
    given: `a request for ${operations.join(', ')}`,
    remedy: 'no action is needed if that deployment succeeded; otherwise revoke that grant and deploy again',
  });
}
