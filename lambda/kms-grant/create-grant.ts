import { ErrorName } from '../../src/contract/error-names';
import type { GrantRequest } from '../../src/contract/requests/grant-request';
import { patiently } from '../key-family/retry-while-propagating';
import type { Clock, GrantPort, ListedGrant } from '../ports';
import type { StandingGrant } from './physical-id';
import { Failure } from '../../src/contract/failure';
import type { Log } from '../runtime/log';

export interface GrantPorts {
  readonly kms: GrantPort;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Makes the grant, or finds it: the same request again answers the same grant, since its name is its own.
 *
 * @param previous the grant that the event knows to stand: what an Update is about
 */
export async function createGrant(request: GrantRequest, previous: StandingGrant | undefined, ports: GrantPorts): Promise<StandingGrant> {
  const { keyArn, name, granteePrincipal } = request;
  const { grantId } = await patiently(keyArn, ports.clock, async () => {
    const standing = await ports.kms.grantsByName(keyArn, name);
    if (isLate(request, previous, standing)) throw lateEvent(request);
    return createOrLeaveNothing(request, standing, ports);
  });
  ports.log.info('grant-stands', { keyArn, grantId, grantee: granteePrincipal });
  return { keyArn, grantId };
}

/**
 * Where KMS gives no answer, nobody knows whether the grant was made. What has come since is ended at once, for a deployment that goes
 * back may take the permission to look for it out of the key policy before it asks for that.
 */
async function createOrLeaveNothing(request: GrantRequest, before: readonly ListedGrant[], ports: GrantPorts): ReturnType<GrantPort['createGrant']> {
  try {
    return await ports.kms.createGrant(request);
  } catch (error) {
    // If that fails, too, the first failure is the one to tell, and CloudFormation asks for what is left by the name.
    if (Failure.named(error, ErrorName.THROTTLED)) await endOthers(request, before, ports).catch(() => ports.log.warn('grant-may-be-left', { keyArn: request.keyArn }));
    throw error;
  }
}

/**
 * Takes a grant away.
 *
 * It is revoked, because whoever administers a key may do so at once, however young the grant is. Where the same deployment has already
 * taken that right out of a policy, it is retired: that right the grant itself gives to its retiring principal.
 */
export async function endGrant({ keyArn, grantId }: StandingGrant, { kms, clock, log }: GrantPorts): Promise<void> {
  await patiently(keyArn, clock, async () => {
    if (await kms.revokeGrant(keyArn, grantId) === 'access-denied') await kms.retireGrant(keyArn, grantId);
  });
  log.info('grant-ended', { keyArn, grantId });
}

/** Ends whatever else stands under the name of this grant: what attempts have left behind that made it and then failed. */
export async function endOthers({ keyArn, name }: GrantRequest, keep: readonly { readonly grantId: string }[], ports: GrantPorts): Promise<void> {
  const kept = keep.map(({ grantId }) => grantId);
  const standing = await patiently(keyArn, ports.clock, () => ports.kms.grantsByName(keyArn, name));
  for (const { grantId } of standing) if (!kept.includes(grantId)) await endGrant({ keyArn, grantId }, ports);
}

/**
 * Whether a later event has been here before this one. AWS Lambda may deliver an event twice, and what the second delivery makes, nobody
 * would ever ask to have taken away.
 *
 * Other terms are no longer allowed by then, since the permission to make a grant says which. Fewer operations are: there is no condition
 * on all of them. So operations are compared here: something else stands already, and this event knows nothing of it.
 */
function isLate({ operations }: GrantRequest, previous: StandingGrant | undefined, standing: readonly ListedGrant[]): boolean {
  const isKnown = (grant: ListedGrant) => grant.grantId === previous?.grantId || haveSame(grant.operations, operations);
  return standing.length > 0 && !standing.some(isKnown);
}

function haveSame(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((each) => others.includes(each));
}

function lateEvent({ keyArn, name, operations }: GrantRequest): Failure {
  return new Failure(ErrorName.VERIFICATION_FAILED, {
    where: keyArn,
    what: `a later deployment has made another grant of the name ${name}`,
    given: `a request for ${operations.join(', ')}`,
    remedy: 'nothing has to be done if that deployment has succeeded; otherwise revoke the grant of that name, and deploy again',
  });
}
