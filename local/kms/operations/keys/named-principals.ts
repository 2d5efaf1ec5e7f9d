import { checkPolicy, principalsIn } from '../../model/keys/policy-document';
import { malformedPolicy } from '../../protocol/errors';
import { accountOfPrincipal, isUniqueId } from '../../protocol/principals';
import type { Call } from '../call/call';

/**
 * Refuses a key policy that KMS refuses by its form, or because it names a role or user that does not exist, or one
 * that was deleted: KMS returns its unique id, and does not accept it.
 */
export function checkNewPolicy(policy: string, call: Call): void {
  checkPolicy(policy);
  if (principalsIn(policy).every((principal) => !isUniqueId(principal) && existsFor(call, principal))) return;
  throw malformedPolicy('Policy contains a statement with one or more invalid principals.');
}

/**
 * Whether a role or user exists. Of other accounts nothing is known here: AWS checks their principals, too.
 */
export function existsFor(call: Call, principalArn: string): boolean {
  const isOwn = accountOfPrincipal(principalArn) === call.store.place.account && !principalArn.endsWith(':root');
  return !isOwn || call.setting.directory.exists(principalArn);
}
