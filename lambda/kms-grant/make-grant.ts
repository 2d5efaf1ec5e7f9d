import { ErrorName } from '../../src/contract/error-names';
import type { GrantRequest } from '../../src/contract/grant-request';
import { patiently } from '../key-family/patiently';
import type { Clock, GrantPort } from '../ports';
import type { StandingGrant } from './physical-id';
import { Failure } from '../runtime/failure';
import type { Log } from '../runtime/log';

export interface GrantPorts {
  readonly kms: GrantPort;
  readonly clock: Clock;
  readonly log: Log;
}

/** Makes the grant, or finds it: the same request again answers the same grant, since its name is its own. */
export async function makeGrant(request: GrantRequest, { kms, clock, log }: GrantPorts): Promise<StandingGrant> {
  const { keyArn } = request;
  const { grantId } = await patiently(keyArn, clock, async () => {
    const made = await kms.createGrant(request);
    if (made === 'unknown-principal') throw unknownPrincipal(request);
    return made;
  });
  log.info('grant-stands', { keyArn, grantId, grantee: request.granteePrincipal });
  return { keyArn, grantId };
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

/** Ends whatever stands under the name of this grant: what attempts have left behind that made it and then failed. */
export async function endOthers({ keyArn, name }: GrantRequest, keep: StandingGrant | undefined, ports: GrantPorts): Promise<void> {
  const grantIds = await patiently(keyArn, ports.clock, () => ports.kms.grantsByName(keyArn, name));
  for (const grantId of grantIds) if (grantId !== keep?.grantId) await endGrant({ keyArn, grantId }, ports);
}

/** A role that is seconds old may not be known to KMS yet. */
function unknownPrincipal({ keyArn, granteePrincipal, retiringPrincipal }: GrantRequest): Failure {
  return new Failure(ErrorName.KEY_NOT_READY, {
    where: keyArn,
    what: 'KMS does not know a principal of the grant',
    given: `grantee ${granteePrincipal}, retiring principal ${retiringPrincipal}`,
    remedy: 'name principals that exist; one that has only just been made is known a minute later',
  });
}
