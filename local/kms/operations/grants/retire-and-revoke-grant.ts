import { grantOn, GRANT_ID } from './named-grant';
import { allows, hasEffect, isSamePrincipal } from '../../authorization/grant-allows';
import type { Grant } from '../../model/grants/grant';
import type { KmsKey } from '../../model/keys/kms-key';
import { requireState } from '../../model/keys/states';
import { validation } from '../../protocol/errors';
import { DRY_RUN, KEY_ID } from '../../protocol/members';
import { optional, structure, text } from '../../protocol/shape';
import type { Call } from '../call/call';
import { endDryRun } from '../call/dry-run';
import { operation } from '../call/operation';

const RETIRE_GRANT = structure({
  GrantToken: optional(text({ min: 1, max: 8192 })),
  KeyId: optional(KEY_ID),
  GrantId: optional(GRANT_ID),
  DryRun: optional(DRY_RUN),
});

/**
 * Retires a grant: for principals that the grant itself names for it, and for principals that are permitted otherwise.
 */
export const retireGrant = operation(RETIRE_GRANT, async (request, call) => {
  const { GrantToken: token, KeyId: keyId, GrantId: grantId } = request;
  const { key, grant } = token === undefined ? grantById(keyId, grantId, call) : call.grantOfToken(token);
  if (token !== undefined) call.keyArns.push(key.arn);
  if (!callerMayRetire(grant, call, token)) await call.authorize('RetireGrant', key);
  requireState('RetireGrant', key);
  endDryRun(call);
  key.grants.delete(grant.grantId);
});

/** Revokes a grant: for principals that administer the key. */
export const revokeGrant = operation(structure({ KeyId: KEY_ID, GrantId: GRANT_ID, DryRun: optional(DRY_RUN) }), async (request, call) => {
  const key = call.keyByIdInAnyAccount(request.KeyId);
  await call.admit('RevokeGrant', key);
  const grant = grantOn(key, request.GrantId);
  endDryRun(call);
  key.grants.delete(grant.grantId);
});

function grantById(keyId: string | undefined, grantId: string | undefined, call: Call): { key: KmsKey; grant: Grant } {
  if (keyId === undefined || grantId === undefined) throw validation('Grant token OR (grant ID, key ID) must be specified');
  const key = call.keyByIdInAnyAccount(keyId);
  return { key, grant: grantOn(key, grantId) };
}

/** Whether the grant names the caller as its retiring principal, or allows its grantee to retire it. */
function callerMayRetire(grant: Grant, call: Call, token: string | undefined): boolean {
  const { principalArn } = call.setting.caller;
  const grantTokens = token === undefined ? [] : [token];
  const { retiringPrincipal } = grant.terms;
  if (retiringPrincipal !== undefined && isSamePrincipal(retiringPrincipal, principalArn)) return hasEffect(grant, call.now, grantTokens);
  return allows(grant, { principalArn, action: 'kms:RetireGrant', now: call.now, grantTokens });
}
