import { checkPrincipalArn, PRINCIPAL, requireOne } from './grant-terms';
import { grantOn, GRANT_ID } from './named-grant';
import type { Grant } from '../../model/grants/grant';
import type { KmsKey } from '../../model/keys/kms-key';
import { notSupported, validation } from '../../protocol/errors';
import { KEY_ID, LIMIT, MARKER } from '../../protocol/members';
import { page, type Listed } from '../../protocol/pages';
import { optional, structure } from '../../protocol/shape';
import { operation, seconds, type Answer } from '../call/operation';

const LIST_GRANTS = structure({
  KeyId: KEY_ID,
  Limit: optional(LIMIT),
  Marker: optional(MARKER),
  GrantId: optional(GRANT_ID),
  GranteePrincipal: optional(PRINCIPAL),
  GranteeServicePrincipal: optional(PRINCIPAL),
});

/** Lists the grants on a key. A grant is listed from its creation, whether or not it has propagated. */
export const listGrants = operation(LIST_GRANTS, async (request, call) => {
  const key = call.keyByIdInAnyAccount(request.KeyId);
  await call.admit('ListGrants', key);
  if (request.GranteeServicePrincipal !== undefined) throw notSupportedForServices('GranteeServicePrincipal');
  const candidates = request.GrantId === undefined ? [...key.grants.values()] : [grantOn(key, request.GrantId)];
  const grants = candidates.filter(({ terms }) => (request.GranteePrincipal ?? terms.granteePrincipal) === terms.granteePrincipal);
  return pageOfGrants('ListGrants', grants.map((grant) => listed(key, grant)), request);
});

const LIST_RETIRABLE_GRANTS = structure({
  RetiringPrincipal: optional(PRINCIPAL),
  RetiringServicePrincipal: optional(PRINCIPAL),
  Limit: optional(LIMIT),
  Marker: optional(MARKER),
});

/**
 * Lists the grants that a principal of the caller's account can retire, on the keys of all accounts in this Region.
 */
export const listRetirableGrants = operation(LIST_RETIRABLE_GRANTS, async (request, call) => {
  const { RetiringPrincipal: principal, RetiringServicePrincipal: service } = request;
  requireOne('RetiringPrincipal', principal, service, 'RetiringServicePrincipal');
  if (principal === undefined) throw notSupportedForServices('RetiringServicePrincipal');
  // AWS's message for principals of other accounts is unconfirmed; that it lists none of their grants is documented.
  if (checkPrincipalArn(principal) !== call.store.place.account) {
    throw validation('RetiringPrincipal must be a principal of your AWS account.');
  }
  await call.authorize('ListRetirableGrants');
  const grants: Listed<Record<string, unknown>>[] = [];
  for (const key of call.setting.stores.keysIn(call.store.place.region)) {
    for (const grant of key.grants.values()) if (grant.terms.retiringPrincipal === principal) grants.push(listed(key, grant));
  }
  return pageOfGrants('ListRetirableGrants', grants, request);
});

function pageOfGrants(
  name: string, grants: readonly Listed<Record<string, unknown>>[], request: { Limit?: number; Marker?: string },
): Answer {
  const { entries, ...end } = page(name, grants, request, { default: 50, max: 100 });
  return { Grants: entries, ...end };
}

function listed(key: KmsKey, { grantId, createdAt, issuingAccount, terms }: Grant): Listed<Record<string, unknown>> {
  const entry = {
    KeyId: key.arn,
    GrantId: grantId,
    Name: terms.name ?? '',
    CreationDate: seconds(createdAt),
    GranteePrincipal: terms.granteePrincipal,
    GranteeServicePrincipal: terms.granteeServicePrincipal,
    RetiringPrincipal: terms.retiringPrincipal,
    RetiringServicePrincipal: terms.retiringServicePrincipal,
    IssuingAccount: issuingAccount,
    Operations: terms.operations,
    Constraints: terms.constraints,
  };
  return { position: grantId, entry };
}

/** Only AWS services can list grants by service, and none of them calls this KMS. */
function notSupportedForServices(member: string): Error {
  return notSupported(`Listing grants by ${member}`);
}
