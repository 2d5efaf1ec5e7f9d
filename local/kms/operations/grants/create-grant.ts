import { randomBytes } from 'node:crypto';
import { areSameTerms, isNarrower, TERMS, termsOf } from './grant-terms';
import { allows } from '../../authorization/grant-allows';
import type { Grant, GrantTerms } from '../../model/grants/grant';
import { newGrantToken } from '../../model/grants/grant-token';
import type { KmsKey } from '../../model/keys/kms-key';
import { requireState } from '../../model/keys/states';
import { invalidPrincipal, limitExceeded, widerThanItsParent } from '../../protocol/errors';
import { DRY_RUN, GRANT_TOKENS, KEY_ID } from '../../protocol/members';
import { optional, structure } from '../../protocol/shape';
import type { Call } from '../call/call';
import { endDryRun } from '../call/dry-run';
import { operation } from '../call/operation';
import { existsFor } from '../keys/named-principals';

export const GRANTS_PER_KEY = 50_000;

const CREATE_GRANT = structure({ KeyId: KEY_ID, ...TERMS, GrantTokens: optional(GRANT_TOKENS), DryRun: optional(DRY_RUN) });

/**
 * Creates a grant. The call is idempotent for grants with a name: the same terms return the same grant,
 * with another token.
 */
export const createGrant = operation(CREATE_GRANT, async (request, call) => {
  const key = call.keyByIdInAnyAccount(request.KeyId);
  const byGrant = await call.authorize('CreateGrant', key);
  requireState('CreateGrant', key);
  const terms = termsOf(request, key);
  for (const principal of [terms.granteePrincipal, terms.retiringPrincipal]) {
    if (principal !== undefined && !existsFor(call, principal)) throw invalidPrincipal(principal);
  }
  if (byGrant !== undefined) requireNarrower(terms, key, call, request.GrantTokens);
  const present = terms.name === undefined ? undefined : [...key.grants.values()].find((grant) => areSameTerms(grant.terms, terms));
  if (present === undefined) requireRoomForGrant(key);
  endDryRun(call);
  const grant = present ?? newGrant(terms, call);
  key.grants.set(grant.grantId, grant);
  return { GrantToken: newGrantToken(key.arn, grant.grantId), GrantId: grant.grantId };
});

/**
 * Checks a grant that is created through another grant: one grant of the caller must allow everything that the
 * new one allows.
 */
function requireNarrower(terms: GrantTerms, key: KmsKey, call: Call, grantTokens: readonly string[] | undefined): void {
  const { principalArn } = call.setting.caller;
  const use = { principalArn, action: 'kms:CreateGrant', now: call.now, grantTokens };
  const covered = [...key.grants.values()].some((parent) => allows(parent, use) && isNarrower(parent.terms, terms));
  if (!covered) throw widerThanItsParent(principalArn, key.arn);
}

function requireRoomForGrant(key: KmsKey): void {
  if (key.grants.size < GRANTS_PER_KEY) return;
  throw limitExceeded(`Grants per key quota is ${GRANTS_PER_KEY}, current usage is ${key.grants.size}.`);
}

function newGrant(terms: GrantTerms, call: Call): Grant {
  const { partition, account } = call.setting.caller;
  return {
    grantId: randomBytes(32).toString('hex'),
    createdAt: call.now,
    countsFrom: call.now + call.setting.propagation.delays.grantMilliseconds,
    issuingAccount: `arn:${partition}:iam::${account}:root`,
    terms,
  };
}
